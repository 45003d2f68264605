<?php

declare(strict_types=1);

namespace Countermark\Http;

/**
 * Performs one exchange: sends the request exactly as it stands, once, follows no redirect, and honours the time-outs and
 * the reply limit of the request.
 */
interface Transport
{
    /** @throws TransportFailure `NotSent` only when that is certain */
    public function send(HttpRequest $request): HttpReply;
}
