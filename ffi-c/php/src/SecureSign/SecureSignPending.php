<?php

declare(strict_types=1);

namespace Countermark\SecureSign;

/** What a callback is checked against. */
final class SecureSignPending
{
    public function __construct(
        public readonly string $requestId,
        /** The digest that was to be signed: bytes. */
        public readonly string $hash,
        public readonly HashAlgorithm $algorithm,
        /** When the session ends, in Unix milliseconds. */
        public readonly int $expiresAtMs,
    ) {
    }
}
