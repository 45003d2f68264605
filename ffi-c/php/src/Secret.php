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

    /** What the secret is found by; a clone has the same. */
    private \stdClass $entry;

    /**
     * @var ?\WeakMap<\stdClass, string> outside of the object: the dumpers of frameworks show what an array cast does, and what a closure
     *     holds
     */
    private static ?\WeakMap $secrets = null;

    private function hide(string $shown, #[\SensitiveParameter] string $secret): void
    {
        $this->shown = $shown;
        $this->entry = new \stdClass();
        self::$secrets ??= new \WeakMap();
        self::$secrets[$this->entry] = $secret;
    }

    /** @internal */
    public function secret(): string
    {
        return self::$secrets[$this->entry] ?? '';
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
