<?php

declare(strict_types=1);

namespace Countermark\Psr15;

use Countermark\Error\CountermarkException;
use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Webhook\HandshakeOrder;
use Countermark\Webhook\VerifiedWebhook;
use Countermark\Webhook\WebhookAnswer;
use Countermark\Webhook\WebhookKey;
use Countermark\Webhook\WebhookRequest;
use Countermark\Webhook\WebhookScheme;
use Countermark\WebhookVerifier;
use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Message\StreamFactoryInterface;
use Psr\Http\Message\StreamInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;
use Psr\Log\LoggerInterface;

/**
 * Lets only verified webhooks through, and answers handshakes and refusals as the sender expects. The handler finds the
 * `VerifiedWebhook` in the attribute of that class name.
 */
final class WebhookMiddleware implements MiddlewareInterface
{
    /**
     * The webhooks at work in this process, each with who gives it back: of all middlewares, and nothing that is done, since workers live long.
     *
     * @var array<int, array{self, VerifiedWebhook, int|false}>
     */
    private static array $atWork = [];

    private static bool $isWatched = false;

    private readonly Refusals $refusals;

    /** Empty: none. */
    private readonly string $origin;

    /** A longer body is not read. */
    private readonly int $maxBodyBytes;

    /** The secret of the handshake, which no dump shows. */
    private readonly ?WebhookKey $handshakeKey;

    /**
     * @param WebhookVerifier $verifier one with `maxBodyBytes`: how much memory a stranger may fill is for the site to say
     * @param ?string $origin the site's own origin as senders call it, for the schemes that sign the URL
     * @param ?string $handshakeSecret what the handshake of Zoom, Meta or Notion needs
     * @throws CountermarkExceptionInterface INVALID_CONFIG for a verifier without that limit, an origin that is none, or none where it is needed
     */
    public function __construct(
        private readonly WebhookVerifier $verifier,
        private readonly ResponseFactoryInterface $responses,
        private readonly StreamFactoryInterface $streams,
        ?LoggerInterface $logger = null,
        ?string $origin = null,
        #[\SensitiveParameter]
        ?string $handshakeSecret = null,
    ) {
        // Said now, and not when the first webhook has come.
        $this->maxBodyBytes = $verifier->maxBodyBytes ?? throw CountermarkException::of(ErrorCode::InvalidConfig, 'max_body_bytes');
        $this->origin = $verifier->siteOrigin($origin);
        $this->handshakeKey = $handshakeSecret === null ? null : new WebhookKey('handshake', $handshakeSecret);
        $this->refusals = new Refusals($responses, $logger);
    }

    public function process(ServerRequestInterface $request, RequestHandlerInterface $handler): ResponseInterface
    {
        try {
            $received = WebhookRequest::fromPsr7($request, $this->origin);
            $body = $this->body($request);
            $order = WebhookScheme::handshakeOrder($this->verifier->scheme);
            $answer = $order === HandshakeOrder::BeforeVerify ? $this->handshake($received, $body) : null;
            if ($answer !== null) {
                return $answer;
            }
            $verified = $this->verifier->authenticate($received, $body);
            $answer = $order === HandshakeOrder::AfterVerify ? $this->handshake($received, $body) : null;
            if ($answer !== null) {
                return $answer;
            }
            $this->verifier->take($verified);
        } catch (CountermarkExceptionInterface $refused) {
            if ($this->verifier->isCommitted($refused)) {
                $this->refusals->log($refused, 'notice');
                return $this->response(WebhookScheme::success($this->verifier->scheme));
            }
            $status = WebhookScheme::errorStatus($this->verifier->scheme, $refused->errorCode() ?? ErrorCode::Internal);
            return $this->refusals->answer($refused, $status);
        }
        return $this->handle($request->withBody($this->streams->createStream($body)), $handler, $verified);
    }

    private function handle(ServerRequestInterface $request, RequestHandlerInterface $handler, VerifiedWebhook $verified): ResponseInterface
    {
        $done = false;
        $id = \spl_object_id($verified);
        self::watch();
        self::$atWork[$id] = [$this, $verified, \getmypid()];
        try {
            $response = $handler->handle($request->withAttribute(VerifiedWebhook::class, $verified));
            $done = $response->getStatusCode() < 400;
            return $response;
        } finally {
            unset(self::$atWork[$id]);
            $this->end($verified, $done);
        }
    }

    /** What the handler gave or threw counts: where the store is out of reach now, the key stays taken for its time. */
    private function end(VerifiedWebhook $verified, bool $done): void
    {
        $failed = $done ? $this->verifier->commit($verified) : $this->release($verified);
        if ($failed !== null) {
            $this->refusals->log($failed, 'error');
        }
    }

    /** PHP runs no `finally` after `exit`, nor where memory or time is over. */
    private static function watch(): void
    {
        if (!self::$isWatched) {
            self::$isWatched = true;
            \register_shutdown_function(self::endAll(...));
        }
    }

    /** What the sender hears counts. Nobody hears a status from a process that is no web request. */
    private static function endAll(): void
    {
        $status = \http_response_code();
        $fatal = \E_ERROR | \E_CORE_ERROR | \E_COMPILE_ERROR | \E_USER_ERROR | \E_RECOVERABLE_ERROR;
        // Where the sender has hung up, or time is over, PHP cuts the work off, and the status is still 200.
        $cut = \connection_status() & (\ignore_user_abort() === 1 ? \CONNECTION_TIMEOUT : \CONNECTION_ABORTED | \CONNECTION_TIMEOUT);
        $done = \is_int($status) && $status < 400 && $cut === 0 && ((\error_get_last()['type'] ?? 0) & $fatal) === 0;
        foreach (self::$atWork as $id => [$middleware, $verified, $process]) {
            // A fiber that ends after this has nothing to say any more.
            unset(self::$atWork[$id]);
            // A fork of the handler's has no say in what its parent still does.
            if ($process === \getmypid()) {
                $middleware->end($verified, $done);
            }
        }
    }

    /** The work failed: the sender will send the same message again. */
    private function release(VerifiedWebhook $verified): ?CountermarkExceptionInterface
    {
        try {
            $this->verifier->release($verified);
            return null;
        } catch (CountermarkExceptionInterface $failed) {
            return $failed;
        }
    }

    /** The raw bytes, whoever has read them before, if the stream can go back. */
    private function body(ServerRequestInterface $request): string
    {
        $stream = $request->getBody();
        if ($stream->isSeekable()) {
            $stream->rewind();
        } elseif (self::position($stream) > 0) {
            // The site's own mistake, which must not look like a forgery.
            throw CountermarkException::of(ErrorCode::BodyAlreadyRead, 'put this middleware first');
        }
        $body = '';
        while (\strlen($body) <= $this->maxBodyBytes && !$stream->eof()) {
            $more = $stream->read($this->maxBodyBytes + 1 - \strlen($body));
            if ($more === '' && !$stream->eof()) {
                // A stream that does not wait, or whose own time-out is over: what came is not the whole body.
                throw CountermarkException::of(ErrorCode::MalformedBody);
            }
            $body .= $more;
        }
        if (\strlen($body) > $this->maxBodyBytes) {
            throw CountermarkException::of(ErrorCode::TooLarge, 'body');
        }
        return $body;
    }

    private static function position(StreamInterface $stream): int
    {
        try {
            return $stream->tell();
        } catch (\RuntimeException) {
            // Not every stream counts.
            return 0;
        }
    }

    private function handshake(WebhookRequest $received, string $body): ?ResponseInterface
    {
        $answer = WebhookScheme::answerHandshake($this->verifier->scheme, $this->handshakeKey?->secret(), $received, $body);
        return $answer === null ? null : $this->response($answer);
    }

    private function response(WebhookAnswer $answer): ResponseInterface
    {
        $response = $this->responses->createResponse($answer->status)
            ->withHeader('X-Content-Type-Options', 'nosniff')
            ->withBody($this->streams->createStream($answer->body));
        return $answer->contentType === '' ? $response : $response->withHeader('Content-Type', $answer->contentType);
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return ['scheme' => $this->verifier->scheme, 'handshakeSecret' => '[redacted]'];
    }
}
