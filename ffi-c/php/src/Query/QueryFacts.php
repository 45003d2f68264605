<?php

declare(strict_types=1);

namespace Countermark\Query;

/**
 * What the library says about a verified query.
 *
 * @internal
 */
final class QueryFacts
{
    /** @param array<string, string> $fields */
    public function __construct(
        public readonly string $keyId,
        public readonly ?string $tenant,
        public readonly string $algorithm,
        public readonly string $replayKey,
        public readonly ?string $claimedEmail,
        public readonly int $signedAtMs,
        public readonly int $replayUntilMs,
        public readonly array $fields,
    ) {
    }
}
