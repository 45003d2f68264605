<?php

declare(strict_types=1);

namespace Countermark\SecureSign;

/** What is to be signed. */
final class SecureSignRequest
{
    public function __construct(
        /** A fresh id: 1 to 128 letters, digits, `_`, `-` and `.`; make it of 128 random bits. */
        public readonly string $requestId,
        /** The digest of the document: bytes. */
        public readonly string $hash,
        public readonly HashAlgorithm $algorithm,
        /** Where the product sends the visitor afterwards: an allowed host and a path, without query. */
        public readonly string $callbackUrl,
    ) {
    }
}
