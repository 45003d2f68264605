<?php

declare(strict_types=1);

namespace Countermark;

/**
 * A secret that no dump, log or serialized object shows.
 *
 * @internal
 */
trait Secret
{
    /** Shown in place of the secret. */
    private string $shown;

    /** @var \Closure(): string what var_export and array casts show is a closure */
    private \Closure $reveal;

    private function hide(string $shown, #[\SensitiveParameter] string $secret): void
    {
        $this->shown = $shown;
        $this->reveal = static fn (): string => $secret;
    }

    /** @internal */
    public function secret(): string
    {
        return ($this->reveal)();
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return ['id' => $this->shown, 'secret' => '[redacted]'];
    }

    /** @return never */
    public function __serialize(): array
    {
        throw new \LogicException('a secret cannot be serialized');
    }
}
