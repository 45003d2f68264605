<?php

declare(strict_types=1);

namespace Countermark;

use FFI\CData;

/**
 * Owns one object of the native library, and frees it.
 *
 * @internal
 */
final class Handle
{
    public function __construct(
        public readonly CData $pointer,
        private readonly string $free,
    ) {
    }

    public function __destruct()
    {
        Native::free($this->free, $this->pointer);
    }

    /** Two owners would free twice. */
    private function __clone()
    {
    }

    /** @return never */
    public function __serialize(): array
    {
        throw new \LogicException('an object of the native library cannot be serialized');
    }

    /** @return array<string, never> */
    public function __debugInfo(): array
    {
        return [];
    }
}
