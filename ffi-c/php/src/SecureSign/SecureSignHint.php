<?php

declare(strict_types=1);

namespace Countermark\SecureSign;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Handle;
use Countermark\Native;

/** What a callback claims. Nothing of it is proved: find the pending request by its id, then `SecureSignClient::complete`. */
final class SecureSignHint
{
    /** @internal */
    public function __construct(
        private readonly Handle $handle,
        /** The id of the request that it claims to answer. */
        public readonly string $requestId,
        /** Whether it claims that the document was signed. */
        public readonly bool $claimsSuccess,
        /** The name of the error that it claims. */
        public readonly ?string $code,
        /** The signature that it brings, not verified: bytes. */
        public readonly ?string $signature,
        /** When it claims to have been signed, in Unix milliseconds. */
        public readonly ?int $signedAtMs,
    ) {
    }

    /**
     * Reads the raw query of a callback, without `?`.
     *
     * @throws CountermarkExceptionInterface MISSING_PARAMETER, DUPLICATE_FIELD, INVALID_ENCODING, MALFORMED_BODY,
     *     MISSING_FIELD, INVALID_FIELD, TOO_LARGE
     */
    public static function fromQuery(#[\SensitiveParameter] string $query): self
    {
        return Native::library()->secureSignReadCallback($query);
    }

    /** @internal */
    public function handle(): Handle
    {
        return $this->handle;
    }
}
