<?php

declare(strict_types=1);

namespace Countermark\Login;

use Countermark\Handle;
use Countermark\Native;

/**
 * A session that this service opened at an ID server. There is no constructor from numbers: it comes from a login that was
 * begun, or from a seal. Keep it on the server, or sealed; a browser gets neither it nor its parts.
 */
final class AuthSession
{
    /** @internal */
    public function __construct(private readonly Handle $handle)
    {
    }

    /** @internal */
    public function handle(): Handle
    {
        return $this->handle;
    }

    /** The SecSign ID that the session was opened for. Not proof of anybody's approval. */
    public function secsignId(): string
    {
        return Native::library()->authSessionSecsignId($this->handle);
    }

    /** The number of the session: a signed 64-bit integer as text. */
    public function authSessionId(): string
    {
        return Native::library()->authSessionId($this->handle);
    }

    /** The name of the service that opened it. */
    public function serviceName(): string
    {
        return Native::library()->authSessionServiceName($this->handle);
    }

    /** The address of the service that opened it. */
    public function serviceAddress(): string
    {
        return Native::library()->authSessionServiceAddress($this->handle);
    }

    /** When it was opened, in Unix milliseconds. */
    public function createdAtMs(): int
    {
        return Native::library()->authSessionCreatedAtMs($this->handle);
    }

    /** @return array<string, never> */
    public function __debugInfo(): array
    {
        return [];
    }
}
