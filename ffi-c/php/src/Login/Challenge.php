<?php

declare(strict_types=1);

namespace Countermark\Login;

use Countermark\Handle;
use Countermark\Native;

/** A login that has begun: what to show, and what to keep. */
final class Challenge
{
    /** The session, to be kept on the server or sealed. */
    public readonly AuthSession $session;

    /** @internal */
    public function __construct(private readonly Handle $handle)
    {
        $this->session = new AuthSession(Native::library()->challengeSession($handle));
    }

    /** The symbol that the user must pick on the phone, as a PNG; null for sessions that are only confirmed. */
    public function accessPassPng(): ?string
    {
        return Native::library()->challengeAccessPassPng($this->handle);
    }

    /** The same as a `data:` URI for the `src` of an `img`; it cannot leave the attribute. */
    public function accessPassDataUri(): ?string
    {
        return Native::library()->challengeAccessPassDataUri($this->handle);
    }

    /** @return array<string, never> */
    public function __debugInfo(): array
    {
        return [];
    }
}
