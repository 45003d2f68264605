<?php

declare(strict_types=1);

namespace Countermark\SecureSign;

use Countermark\Handle;
use Countermark\Http\HttpReply;
use Countermark\Http\HttpRequest;
use Countermark\Http\Machine;
use Countermark\Http\TransportFailure;
use Countermark\Native;

/** One call to SecureSign. `SecureSignClient` drives it; drive it yourself in an event loop. */
final class SecureSignCall implements Machine
{
    /** @internal */
    public function __construct(private readonly Handle $handle)
    {
    }

    public function poll(int $nowMs): HttpRequest|int|null
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
