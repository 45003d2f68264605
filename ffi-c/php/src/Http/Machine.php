<?php

declare(strict_types=1);

namespace Countermark\Http;

use Countermark\Error\ErrorCode;
use Countermark\Store\Release;
use Countermark\Store\Reserve;

/**
 * A step machine of the library: it says what to send, and is told what came of it.
 *
 * @internal
 */
interface Machine
{
    /** What to do now: send a request, ask again at a time (Unix milliseconds), call the store, or nothing more (null). */
    public function poll(int $nowMs): HttpRequest|Reserve|Release|int|null;

    public function onResponse(HttpReply $reply, int $nowMs): void;

    public function onTransportFailure(TransportFailure $failure, int $nowMs): void;

    /** What the store said: null when it did as asked, REPLAYED when the key is taken, else what is wrong with it. */
    public function onStore(?ErrorCode $refusal, int $nowMs): void;
}
