<?php

declare(strict_types=1);

namespace Countermark\SecureSign;

use Countermark\Error\CountermarkException;
use Countermark\Error\ErrorCode;
use Countermark\Handle;
use Countermark\Http\HttpReply;
use Countermark\Http\HttpRequest;
use Countermark\Http\Machine;
use Countermark\Http\TransportFailure;
use Countermark\Native;
use Countermark\Store\Release;
use Countermark\Store\Reserve;

/** One call to SecureSign. `SecureSignClient` drives it; drive it yourself in an event loop. */
final class SecureSignCall implements Machine
{
    /** @internal */
    public function __construct(private readonly Handle $handle)
    {
    }

    public function poll(int $nowMs): HttpRequest|Reserve|Release|int|null
    {
        return Native::library()->secureSignPoll($this->handle, $nowMs);
    }

    public function onResponse(HttpReply $reply, int $nowMs): void
    {
        Native::library()->secureSignOnResponse($this->handle, $reply->status, $reply->body, $nowMs);
    }

    public function onTransportFailure(TransportFailure $failure, int $nowMs): void
    {
        Native::library()->secureSignOnTransportError($this->handle, $failure->kind, $failure->phase, $nowMs);
    }

    public function onStore(?ErrorCode $refusal, int $nowMs): void
    {
        throw CountermarkException::of(ErrorCode::WrongState);
    }

    /** The result of `validate`. */
    public function validation(): SecureSignValidation
    {
        return Native::library()->secureSignValidation($this->handle);
    }

    /** The result of `session`. */
    public function session(): SecureSignSession
    {
        return Native::library()->secureSignSession($this->handle);
    }
}
