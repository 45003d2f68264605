<?php

declare(strict_types=1);

namespace Countermark\SecureSign;

use Countermark\Secret;

/** The settings of SecureSign. */
final class SecureSignConfig
{
    use Secret;

    /** @param array<array-key, string> $callbackHosts the hosts that a callback may go to, in lower case and without port */
    public function __construct(
        #[\SensitiveParameter]
        string $apiKey,
        public readonly Environment $environment,
        /** The tenant that the key must belong to. */
        public readonly string $tenantId,
        public readonly array $callbackHosts = [],
        /** The API: `https://host[:port]/v1`; null: the vendor's. */
        public readonly ?string $baseUrl = null,
        /** How many seconds past its end a session is still taken; null: none. */
        public readonly ?int $clockSkewSeconds = null,
    ) {
        $this->hide($tenantId, $apiKey);
    }
}
