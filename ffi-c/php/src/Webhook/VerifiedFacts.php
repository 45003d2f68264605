<?php

declare(strict_types=1);

namespace Countermark\Webhook;

/**
 * What the library says about a verified webhook.
 *
 * @internal
 */
final class VerifiedFacts
{
    /**
     * @param list<array{string, string}> $fields
     * @param list<string> $covers
     */
    public function __construct(
        public readonly string $scheme,
        public readonly string $keyId,
        public readonly ?string $messageId,
        public readonly ?string $replayKey,
        public readonly ?int $timestampMs,
        public readonly ?int $replayUntilMs,
        public readonly array $fields,
        public readonly array $covers,
        public readonly bool $coversBody,
    ) {
    }
}
