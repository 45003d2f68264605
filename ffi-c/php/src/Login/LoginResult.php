<?php

declare(strict_types=1);

namespace Countermark\Login;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Handle;
use Countermark\Native;

/** What the ID server said about a login. A denied login is an outcome, not an error. */
final class LoginResult
{
    /** @internal made from a server's answer only */
    public function __construct(
        private readonly Handle $login,
        public readonly LoginOutcome $outcome,
        /** Who approved, by the server's own statement; null unless approved. Log in this one, never the one that was typed. */
        public readonly ?string $secsignId,
    ) {
    }

    /**
     * The SecSign ID that approved, or the reason why there is none.
     *
     * @throws CountermarkExceptionInterface LOGIN_PENDING, LOGIN_DENIED, LOGIN_EXPIRED, LOGIN_SUSPENDED, LOGIN_CANCELED, LOGIN_INVALID
     */
    public function requireApproved(): string
    {
        return Native::library()->loginRequireApproved($this->login);
    }
}
