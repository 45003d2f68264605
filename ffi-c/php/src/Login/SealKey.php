<?php

declare(strict_types=1);

namespace Countermark\Login;

use Countermark\Secret;

/** A key that seals sessions. */
final class SealKey
{
    use Secret;

    public function __construct(
        /** The name of the key, 1 to 255 bytes. It is readable in every token. */
        public readonly string $id,
        /** 32 random bytes. */
        #[\SensitiveParameter]
        string $secret,
        /** First moment of validity, Unix milliseconds. */
        public readonly ?int $notBeforeMs = null,
        /** Last moment of validity, Unix milliseconds. */
        public readonly ?int $notAfterMs = null,
    ) {
        $this->hide($id, $secret);
    }
}
