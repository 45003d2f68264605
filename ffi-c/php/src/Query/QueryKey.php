<?php

declare(strict_types=1);

namespace Countermark\Query;

use Countermark\Secret;

/** One secret of a ring, and whom it may speak for. */
final class QueryKey
{
    use Secret;

    /** @param array<array-key, string> $emailDomains */
    public function __construct(
        /** Your name for the key; reported when it matches. */
        public readonly string $id,
        /** At least 20 bytes. */
        #[\SensitiveParameter]
        string $secret,
        /** The tenant that holds the secret. */
        public readonly ?string $tenant = null,
        /** The email domains that the holder may sign for; none: all. */
        public readonly array $emailDomains = [],
        /** First moment of validity, Unix milliseconds. */
        public readonly ?int $notBeforeMs = null,
        /** Last moment of validity, Unix milliseconds. */
        public readonly ?int $notAfterMs = null,
    ) {
        $this->hide($id, $secret);
    }
}
