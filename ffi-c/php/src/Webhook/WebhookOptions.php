<?php

declare(strict_types=1);

namespace Countermark\Webhook;

/** How strict a verifier is; what is null is as the scheme or the library has it. */
final class WebhookOptions
{
    public function __construct(
        /** Oldest accepted time. */
        public readonly ?int $maxAgeSeconds = null,
        /** How far a time may lie ahead. */
        public readonly ?int $maxFutureSeconds = null,
        /** Longest body. */
        public readonly ?int $maxBodyBytes = null,
        /** Whether the time is checked at all. Only a queue that verifies much later should say no. */
        public readonly bool $checkTime = true,
    ) {
    }
}
