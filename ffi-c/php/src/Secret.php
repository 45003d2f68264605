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
    /** @var \Closure(): string what var_export and array casts show is a closure */
    private readonly \Closure $reveal;

    private function hide(#[\SensitiveParameter] string $secret): void
    {
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
        return ['id' => $this->id, 'secret' => '[redacted]'];
    }

    /** @return never */
    public function __serialize(): array
    {
        throw new \LogicException('a secret cannot be serialized');
    }
}
