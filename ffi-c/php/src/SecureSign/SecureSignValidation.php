<?php

declare(strict_types=1);

namespace Countermark\SecureSign;

/** Key, tenant and origin are good. */
final class SecureSignValidation
{
    /** @internal */
    public function __construct(
        public readonly string $tenantId,
        /** Calls that the server allows in a minute, if it said so. */
        public readonly ?int $callsPerMinute,
    ) {
    }
}
