<?php

declare(strict_types=1);

namespace Countermark;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Login\AuthSession;
use Countermark\Login\SealKey;
use Psr\Clock\ClockInterface;

/** Turns a session into an opaque token for one visitor, and back. */
final class SessionSealer
{
    private readonly Handle $handle;

    private readonly Clock $clock;

    /**
     * @param array<array-key, SealKey> $keys the first that is valid seals, all of them open
     * @param string $serviceName that of the login service, as `$serviceAddress`: a token of another one does not open
     * @throws CountermarkExceptionInterface INVALID_SECRET, INVALID_CONFIG
     */
    public function __construct(
        array $keys,
        string $serviceName,
        string $serviceAddress,
        ?ClockInterface $clock = null,
    ) {
        $this->handle = Native::library()->sealerNew($keys, $serviceName, $serviceAddress);
        $this->clock = new Clock($clock);
    }

    /**
     * Seals a session: base64url text.
     *
     * @param string $binding what only this visitor's browser has, such as the value of a pre-login cookie
     * @throws CountermarkExceptionInterface INVALID_INPUT, HANDLE_EXPIRED, INVALID_CONFIG
     */
    public function seal(AuthSession $session, #[\SensitiveParameter] string $binding): string
    {
        $entropy = \random_bytes(24);
        return Native::library()->seal($this->handle, $session->handle(), $binding, $entropy, $this->clock->nowMs());
    }

    /**
     * Opens a token that was sealed here for this visitor.
     *
     * @throws CountermarkExceptionInterface HANDLE_EXPIRED for a true token whose time is over; UNKNOWN_HANDLE for everything else
     */
    public function open(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string $binding): AuthSession
    {
        return new AuthSession(Native::library()->sealOpen($this->handle, $token, $binding, $this->clock->nowMs()));
    }
}
