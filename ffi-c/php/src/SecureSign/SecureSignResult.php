<?php

declare(strict_types=1);

namespace Countermark\SecureSign;

/** A signature that was checked against the stored request. */
final class SecureSignResult
{
    /** @internal */
    public function __construct(
        public readonly string $requestId,
        /** Bytes. */
        public readonly string $signature,
        /** The serial number of the certificate, in lower-case hex. */
        public readonly string $certificateSerial,
        /** The key under which a second use of this result is known. */
        public readonly StoreKey $onceKey,
    ) {
    }
}
