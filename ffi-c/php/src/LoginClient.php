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
use Countermark\Login\LoginOutcome;
use Countermark\Login\LoginResult;
use Countermark\Login\LoginService;
use Countermark\Login\StoreKey;
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

    private readonly Once $once;

    /**
     * @param ReplayStore $store guards against two open logins for one ID, and against using an approval twice; shared by
     *     all processes of the site
     * @param ?Transport $transport `Psr18Transport` for your own client; without it, `CurlTransport`
     */
    public function __construct(
        private readonly LoginService $service,
        ReplayStore $store,
        ?Transport $transport = null,
        ?ClockInterface $clock = null,
    ) {
        $this->clock = new Clock($clock);
        $this->driver = new Driver($transport ?? new CurlTransport(), $this->clock);
        $this->once = new Once($store);
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
        $guard = $this->service->inFlightKey($secsignId);
        $login = LoginMachine::begin($this->service, $secsignId, $this->clock->nowMs());
        $this->once->take($guard->key, $guard->ttlSeconds, ErrorCode::Busy);
        $this->driver->run($login);
        try {
            return $login->challenge();
        } catch (CountermarkException $failed) {
            // A session may exist at the server unless nothing was sent, or the server itself refused.
            if (!$login->mayHaveBeenSent() || $failed->serverReport() !== null) {
                $this->once->free($guard->key);
            }
            throw $failed;
        }
    }

    /**
     * Asks the server once how the login stands. An approval is given out once.
     *
     * @throws CountermarkExceptionInterface ALREADY_CONSUMED; UNKNOWN_HANDLE for a session of another service;
     *     IDENTITY_MISMATCH; SESSION_GONE; and every other error of the server, of the transport and of the store
     */
    public function check(AuthSession $session): LoginResult
    {
        return $this->finish($session, LoginMachine::check($this->service, $session, $this->clock->nowMs()));
    }

    /**
     * Asks until the user has decided, the session has expired, or `$deadlineMs` (Unix milliseconds) is reached, and gives
     * the last known outcome. Blocks: for commands and workers, not for web requests.
     *
     * @throws CountermarkExceptionInterface as `check`; failures that may pass are retried a few times first
     */
    public function wait(AuthSession $session, ?int $deadlineMs = null): LoginResult
    {
        return $this->finish($session, LoginMachine::wait($this->service, $session, $deadlineMs, $this->clock->nowMs()));
    }

    /**
     * Withdraws the login, so that the phone stops asking. An approval that comes at the same time cannot be used any more.
     *
     * @throws CountermarkExceptionInterface UNKNOWN_HANDLE; and every other error of the server, of the transport and of the store
     */
    public function cancel(AuthSession $session): void
    {
        $this->finish($session, LoginMachine::cancel($this->service, $session, $this->clock->nowMs()));
    }

    /**
     * Gives an approved session back to an own server that wants it; the public one has withdrawn the call. No login depends
     * on it, so no answer of the server is an error.
     *
     * @throws CountermarkExceptionInterface UNKNOWN_HANDLE
     */
    public function release(AuthSession $session): void
    {
        $this->driver->run(LoginMachine::release($this->service, $session, $this->clock->nowMs()));
    }

    private function finish(AuthSession $session, LoginMachine $login): LoginResult
    {
        $startMs = $this->driver->run($login);
        $result = $login->result();
        if (!$result->outcome->isOpen()) {
            $this->end($session, $result, $startMs);
        }
        return $result;
    }

    /**
     * A login ends once. The first call that sees the end takes the session's key; so an approval is used once, and a later
     * call for the same session cannot remove the guard of the next login for the same ID.
     */
    private function end(AuthSession $session, LoginResult $result, int $startMs): void
    {
        $once = $this->service->onceKey($session);
        // A clock that was set back must not let the key end before the session does.
        $ahead = \max(0, $session->createdAtMs() - $this->clock->nowMs());
        try {
            $this->once->take($once->key, $once->ttlSeconds + \intdiv($ahead + 999, 1000), ErrorCode::AlreadyConsumed);
        } catch (CountermarkException $taken) {
            if ($taken->errorCode() === ErrorCode::AlreadyConsumed && $result->outcome !== LoginOutcome::Approved) {
                return;
            }
            throw $taken;
        }
        $guard = $this->service->inFlightKey($session->secsignId());
        if ($result->outcome !== LoginOutcome::Suspended && $this->holds($guard, $session, $startMs)) {
            $this->once->free($guard->key);
        }
    }

    /**
     * Whether the guard is certainly that of this login. Near the end of its time it may already be that of the next one,
     * since the guard is older than the session by as much as the start took.
     */
    private function holds(StoreKey $guard, AuthSession $session, int $startMs): bool
    {
        $age = $this->clock->nowMs() - $session->createdAtMs();
        return !$this->service->allowPriorityCode && $age < $guard->ttlSeconds * 1000 - $startMs;
    }
}
