<?php

declare(strict_types=1);

namespace Countermark\Http;

use Psr\Http\Client\ClientExceptionInterface;
use Psr\Http\Client\ClientInterface;
use Psr\Http\Message\RequestFactoryInterface;
use Psr\Http\Message\StreamFactoryInterface;

/**
 * Any PSR-18 client. Configure it to follow no redirect, to retry nothing, to keep no cookies, and with time-outs: PSR-18
 * has no way to say so for each request. A client that reads whole answers into memory does so before the reply limit counts.
 */
final class Psr18Transport implements Transport
{
    /** `CURLE_COULDNT_RESOLVE_PROXY`, `_RESOLVE_HOST`, `_CONNECT`: nothing was sent. */
    private const NOT_SENT = [5, 6, 7];

    private const TIMED_OUT = 28;

    private const TLS = [35, 51, 53, 54, 58, 59, 60, 66, 77, 90];

    public function __construct(
        private readonly ClientInterface $client,
        private readonly RequestFactoryInterface $requests,
        private readonly StreamFactoryInterface $streams,
    ) {
    }

    public function send(HttpRequest $request): HttpReply
    {
        $message = $this->requests->createRequest($request->method, $request->url)
            ->withBody($this->streams->createStream($request->body));
        foreach ($request->headers as [$name, $value]) {
            $message = $message->withHeader($name, $value);
        }
        $endNs = \hrtime(true) + 1_000_000 * $request->totalTimeoutMs;
        try {
            $reply = $this->client->sendRequest($message);
            $body = $reply->getBody();
            $text = '';
            while (\strlen($text) <= $request->maxReplyBytes && !$body->eof()) {
                $more = $body->read($request->maxReplyBytes + 1 - \strlen($text));
                // A stream whose own time-out is over reads nothing, and is not at its end either; one that drips never ends.
                if (($more === '' && !$body->eof()) || \hrtime(true) > $endNs) {
                    throw new TransportFailure(FailureKind::Timeout, FailurePhase::MaybeSent);
                }
                $text .= $more;
            }
        } catch (ClientExceptionInterface $failed) {
            throw $this->failure($failed);
        } catch (TransportFailure $failed) {
            throw $failed;
        } catch (\RuntimeException) {
            throw new TransportFailure(FailureKind::Unreachable, FailurePhase::MaybeSent);
        }
        return new HttpReply($reply->getStatusCode(), $text);
    }

    /** The exception, whose text would hold the address, goes no further than here. */
    private function failure(ClientExceptionInterface $failed): TransportFailure
    {
        // PSR-18 cannot tell how far a request came; Guzzle hands on what curl says.
        $context = \method_exists($failed, 'getHandlerContext') ? $failed->getHandlerContext() : [];
        $error = \is_array($context) ? ($context['errno'] ?? null) : null;
        return match (true) {
            \in_array($error, self::NOT_SENT, true) => new TransportFailure(FailureKind::Unreachable, FailurePhase::NotSent),
            $error === self::TIMED_OUT => new TransportFailure(FailureKind::Timeout, FailurePhase::MaybeSent),
            \in_array($error, self::TLS, true) => new TransportFailure(FailureKind::Tls, FailurePhase::MaybeSent),
            default => new TransportFailure(FailureKind::Unreachable, FailurePhase::MaybeSent),
        };
    }
}
