<?php

declare(strict_types=1);

namespace Countermark\SecureSign;

/** A signing session. */
final class SecureSignSession implements \JsonSerializable
{
    /** @internal */
    public function __construct(
        /** The server's id of it. */
        public readonly string $sessionId,
        /** When it ends, in Unix milliseconds. */
        public readonly int $expiresAtMs,
        /** The link that opens the product; checked, and without a live key. */
        #[\SensitiveParameter]
        public readonly string $deepLink,
        /** What to keep on the server until the callback comes, under its request id. */
        public readonly SecureSignPending $pending,
    ) {
    }

    /** @return array<string, int> */
    public function __debugInfo(): array
    {
        return ['expiresAtMs' => $this->expiresAtMs];
    }

    /**
     * What loggers write of an object is its JSON.
     *
     * @return array<string, int>
     */
    public function jsonSerialize(): array
    {
        return $this->__debugInfo();
    }
}
