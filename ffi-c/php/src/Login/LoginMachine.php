<?php

declare(strict_types=1);

namespace Countermark\Login;

use Countermark\Error\ErrorCode;
use Countermark\Handle;
use Countermark\Http\HttpReply;
use Countermark\Http\HttpRequest;
use Countermark\Http\Machine;
use Countermark\Http\TransportFailure;
use Countermark\Native;
use Countermark\Store\Release;
use Countermark\Store\Reserve;

/**
 * One task on a login: begin, check, wait, cancel or release. `LoginClient` drives it; drive it yourself in an event loop.
 */
final class LoginMachine implements Machine
{
    private function __construct(private readonly Handle $handle)
    {
    }

    public static function begin(LoginService $service, string $secsignId, int $nowMs): self
    {
        return new self(Native::library()->loginBegin($service->handle(), $secsignId, $nowMs));
    }

    public static function check(LoginService $service, AuthSession $session, int $nowMs): self
    {
        return new self(Native::library()->loginCheck($service->handle(), $session->handle(), $nowMs));
    }

    public static function wait(LoginService $service, AuthSession $session, ?int $deadlineMs, int $nowMs): self
    {
        return new self(Native::library()->loginWait($service->handle(), $session->handle(), $deadlineMs, $nowMs));
    }

    public static function cancel(LoginService $service, AuthSession $session, int $nowMs): self
    {
        return new self(Native::library()->loginCancel($service->handle(), $session->handle(), $nowMs));
    }

    public static function release(LoginService $service, AuthSession $session, int $nowMs): self
    {
        return new self(Native::library()->loginRelease($service->handle(), $session->handle(), $nowMs));
    }

    public function poll(int $nowMs): HttpRequest|Reserve|Release|int|null
    {
        return Native::library()->loginPoll($this->handle, $nowMs);
    }

    public function onResponse(HttpReply $reply, int $nowMs): void
    {
        Native::library()->loginOnResponse($this->handle, $reply->status, $reply->body, $nowMs);
    }

    public function onTransportFailure(TransportFailure $failure, int $nowMs): void
    {
        Native::library()->loginOnTransportError($this->handle, $failure->kind, $failure->phase, $nowMs);
    }

    public function onStore(?ErrorCode $refusal, int $nowMs): void
    {
        Native::library()->loginOnStore($this->handle, $refusal === null ? 0 : $refusal->value, $nowMs);
    }

    /** Stops: a wait still sends the cancel request. Poll on until the end. */
    public function abort(int $nowMs): void
    {
        Native::library()->loginAbort($this->handle, $nowMs);
    }

    /** How often a wait has repeated its question after a failure that may pass. */
    public function retries(): int
    {
        return Native::library()->loginRetries($this->handle);
    }

    /** What a begun login gave. */
    public function challenge(): Challenge
    {
        return new Challenge(Native::library()->loginChallenge($this->handle));
    }

    /** How the login stands. */
    public function result(): LoginResult
    {
        return Native::library()->loginResult($this->handle);
    }
}
