<?php

declare(strict_types=1);

namespace Countermark\Error;

/** What a server stated. */
final class ServerReport
{
    public function __construct(
        /** The value of its `error`. */
        public readonly string $error,
        /** The finer code, if it stated one. */
        public readonly ?string $code,
        /** Its text, if any. Not trustworthy: escape it before showing it. */
        public readonly ?string $message,
    ) {
    }
}
