<?php

declare(strict_types=1);

namespace Countermark;

use Countermark\Error\CountermarkException;
use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Http\CurlTransport;
use Countermark\Http\Driver;
use Countermark\Http\Transport;
use Countermark\Login\AuthSession;
use Countermark\Login\Challenge;
use Countermark\Login\LoginMachine;
use Countermark\Login\LoginResult;
use Countermark\Login\LoginService;
use Countermark\Store\NonAtomicCacheStore;
use Countermark\Store\Once;
use Countermark\Store\ReplayStore;
use Psr\Clock\ClockInterface;

/**
 * Logs users in with SecSign ID. A client holds no login: `begin` hands out a session, and every other call takes one.
 */
final class LoginClient
{
    private readonly Clock $clock;

    private readonly Driver $driver;

    /**
     * @param ReplayStore $store guards against two open logins for one ID, and against using an approval twice; shared by
     *     all processes of the site
     * @param ?Transport $transport `Psr18Transport` for your own client; without it, `CurlTransport`
     * @throws CountermarkExceptionInterface INVALID_CONFIG for a store that is not atomic
     */
    public function __construct(
        private readonly LoginService $service,
        ReplayStore $store,
        ?Transport $transport = null,
        ?ClockInterface $clock = null,
    ) {
        // One that may give a key twice lets two logins begin for one ID, and that freezes it.
        if ($store instanceof NonAtomicCacheStore) {
            throw CountermarkException::of(ErrorCode::InvalidConfig, 'store');
        }
        $this->clock = new Clock($clock);
        $this->driver = new Driver($transport ?? new CurlTransport(), $this->clock, new Once($store));
    }

    /**
     * Starts a login: the user's phone shows it, and the access pass is to be shown on the page. A start is never repeated.
     * If it fails in a way that leaves open whether the server has the session, the ID stays BUSY for as long as such a
     * session would live.
     *
     * @throws CountermarkExceptionInterface BUSY when a login for the ID is open; INVALID_SECSIGN_ID; UNKNOWN_ID, FROZEN; and
     *     every other error of the server, of the transport and of the store
     */
    public function begin(string $secsignId): Challenge
    {
        return $this->driven(LoginMachine::begin($this->service, $secsignId, $this->clock->nowMs()))->challenge();
    }

    /**
     * Asks the server once how the login stands. An approval is given out once.
     *
     * @throws CountermarkExceptionInterface ALREADY_CONSUMED; UNKNOWN_HANDLE for a session of another service;
     *     IDENTITY_MISMATCH; SESSION_GONE; and every other error of the server, of the transport and of the store
     */
    public function check(AuthSession $session): LoginResult
    {
        return $this->driven(LoginMachine::check($this->service, $session, $this->clock->nowMs()))->result();
    }

    /**
     * Asks until the user has decided, the session has expired, or `$deadlineMs` (Unix milliseconds) is reached, and gives
     * the last known outcome. Blocks: for commands and workers, not for web requests.
     *
     * @throws CountermarkExceptionInterface as `check`; failures that may pass are retried a few times first
     */
    public function wait(AuthSession $session, ?int $deadlineMs = null): LoginResult
    {
        return $this->driven(LoginMachine::wait($this->service, $session, $deadlineMs, $this->clock->nowMs()))->result();
    }

    /**
     * Withdraws the login, so that the phone stops asking. An approval that comes at the same time cannot be used any more.
     *
     * @throws CountermarkExceptionInterface UNKNOWN_HANDLE; and every other error of the server, of the transport and of the store
     */
    public function cancel(AuthSession $session): void
    {
        $this->driven(LoginMachine::cancel($this->service, $session, $this->clock->nowMs()))->result();
    }

    /**
     * Gives an approved session back to an own server that wants it; the public one has withdrawn the call. No login depends
     * on it, so no answer of the server is an error.
     *
     * @throws CountermarkExceptionInterface UNKNOWN_HANDLE
     */
    public function release(AuthSession $session): void
    {
        $this->driven(LoginMachine::release($this->service, $session, $this->clock->nowMs()));
    }

    private function driven(LoginMachine $login): LoginMachine
    {
        $this->driver->run($login);
        return $login;
    }
}
