<?php

declare(strict_types=1);

namespace Countermark\Http;

/**
 * A step machine of the library: it says what to send, and is told what came of it.
 *
 * @internal
 */
interface Machine
{
    /** What to do now: a request to send, the time (Unix milliseconds) to ask again, or null at the end. */
    public function poll(int $nowMs): HttpRequest|int|null;

    public function onResponse(HttpReply $reply, int $nowMs): void;

    public function onTransportFailure(TransportFailure $failure, int $nowMs): void;
}
