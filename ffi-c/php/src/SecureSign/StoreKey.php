<?php

declare(strict_types=1);

namespace Countermark\SecureSign;

/** A key for a store of things that may happen once. It holds no handle that could be used. */
final class StoreKey
{
    public function __construct(
        public readonly string $key,
        public readonly int $ttlSeconds,
    ) {
    }
}
