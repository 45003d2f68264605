<?php

declare(strict_types=1);

namespace Countermark\SecureSign;

/** How the digest of a document was made. */
enum HashAlgorithm: string
{
    case Sha256 = 'SHA256';
    case Sha384 = 'SHA384';
    case Sha512 = 'SHA512';
}
