<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Psr15\SignedQueryMiddleware;
use Countermark\Psr15\WebhookMiddleware;
use Countermark\Query\QueryKey;
use Countermark\Query\QueryProfile;
use Countermark\Query\VerifiedQuery;
use Countermark\SignedQuerySigner;
use Countermark\SignedQueryVerifier;
use Countermark\Store\FileReplayStore;
use Countermark\Store\MemoryReplayStore;
use Countermark\Webhook\SchemeSpec;
use Countermark\Webhook\VerifiedWebhook;
use Countermark\Webhook\WebhookKey;
use Countermark\Webhook\WebhookOptions;
use Countermark\Webhook\WebhookRequest;
use Countermark\WebhookSigner;
use Countermark\WebhookVerifier;
use Countermark\Store\ReplayStore;
use Nyholm\Psr7\Factory\Psr17Factory;
use Nyholm\Psr7\ServerRequest;
use Nyholm\Psr7\Stream;
use PHPUnit\Framework\TestCase;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\RequestHandlerInterface;
use Psr\Log\AbstractLogger;

final class MiddlewareTest extends TestCase
{
    private const SECRET = 'a-secret-of-more-than-twenty-bytes';

    /** @var list<string> */
    private array $log = [];

    public function testAVerifiedWebhookReachesTheHandlerOnce(): void
    {
        $seen = [];
        $handler = $this->handler(function (ServerRequestInterface $request) use (&$seen): int {
            $webhook = $request->getAttribute(VerifiedWebhook::class);
            self::assertInstanceOf(VerifiedWebhook::class, $webhook);
            $seen[] = [$webhook->body(), (string) $request->getBody()];
            return 204;
        });
        $middleware = $this->webhooks('standard-webhooks');
        $request = $this->standard('{"a":1}');
        // A framework that parses JSON has read the body before.
        $request->getBody()->getContents();
        self::assertSame(204, $middleware->process($request, $handler)->getStatusCode());
        self::assertSame([['{"a":1}', '{"a":1}']], $seen);

        $again = $middleware->process($request, $handler);
        self::assertSame([200, ''], [$again->getStatusCode(), (string) $again->getBody()]);
        self::assertCount(1, $seen);
        self::assertStringStartsWith('notice ', \implode($this->log));
        self::assertStringContainsString('REPLAYED', \implode($this->log));
    }

    /** The first may fail yet: its sender must come again. */
    public function testACopyThatComesMeanwhileIsRefused(): void
    {
        $middleware = $this->webhooks('standard-webhooks');
        $request = $this->standard('{}');
        $meanwhile = null;
        $middleware->process($request, $this->handler(function () use ($middleware, $request, &$meanwhile): int {
            $meanwhile = $middleware->process($request, $this->handler(static fn (): int => self::fail('must not be called')));
            return 200;
        }));
        self::assertSame([409, 'request could not be verified'], [$meanwhile?->getStatusCode(), (string) $meanwhile?->getBody()]);
    }

    public function testWorkThatFailsMayBeSentAgain(): void
    {
        $middleware = $this->webhooks('standard-webhooks');
        $request = $this->standard('{}');
        self::assertSame(503, $middleware->process($request, $this->handler(static fn (): int => 503))->getStatusCode());
        try {
            $middleware->process($request, $this->handler(static fn (): int => throw new \DomainException('work')));
            self::fail('the exception is the application\'s');
        } catch (\DomainException) {
        }
        self::assertSame(200, $middleware->process($request, $this->handler(static fn (): int => 200))->getStatusCode());
        self::assertSame(200, $middleware->process($request, $this->handler(static fn (): int => self::fail('must not be called')))->getStatusCode());
    }

    /** Its exit is not the end of the work: `EndedTest` has what is. */
    public function testAForkOfTheHandlerGivesNothingBack(): void
    {
        $verifier = new WebhookVerifier(
            'standard-webhooks',
            [new WebhookKey('k', self::key('standard-webhooks'))],
            new WebhookOptions(maxBodyBytes: 1_000),
            store: new FileReplayStore(WebServer::folder() . '/keys'),
        );
        $factory = new Psr17Factory();
        $middleware = new WebhookMiddleware($verifier, $factory, $factory, $this->logger());
        $request = $this->standard('{}');
        $meanwhile = null;
        $middleware->process($request, $this->handler(function () use ($middleware, $request, &$meanwhile): int {
            $child = \pcntl_fork();
            if ($child === 0) {
                // What PHP calls at its exit, and nothing of PHPUnit's.
                (new \ReflectionMethod(WebhookMiddleware::class, 'endAll'))->invoke(null);
                \pcntl_exec('/bin/true');
            }
            \pcntl_waitpid($child, $status);
            $meanwhile = $middleware->process($request, $this->handler(static fn (): int => 200))->getStatusCode();
            return 200;
        }));
        self::assertSame(409, $meanwhile);
        self::assertCount(0, (new \ReflectionProperty(WebhookMiddleware::class, 'atWork'))->getValue());
    }

    /** The store fails when the key is to be freed or kept: what the handler did is what counts. */
    public function testAStoreThatFailsAfterwardsHidesNothing(): void
    {
        $store = new class () implements ReplayStore {
            public function add(string $key, int $ttlSeconds): bool
            {
                return true;
            }

            public function commit(string $key): bool
            {
                throw new \RuntimeException('gone');
            }

            public function isCommitted(string $key): bool
            {
                throw new \RuntimeException('gone');
            }

            public function remove(string $key): void
            {
                throw new \RuntimeException('gone');
            }
        };
        $options = new WebhookOptions(maxBodyBytes: 1_000);
        $verifier = new WebhookVerifier('standard-webhooks', [new WebhookKey('k', self::key('standard-webhooks'))], $options, $store);
        $factory = new Psr17Factory();
        $middleware = new WebhookMiddleware($verifier, $factory, $factory, $this->logger());
        self::assertSame(503, $middleware->process($this->standard('{}'), $this->handler(static fn (): int => 503))->getStatusCode());
        self::assertStringContainsString('STORE_UNAVAILABLE', \implode($this->log));
        $this->log = [];
        self::assertSame(202, $middleware->process($this->standard('{}'), $this->handler(static fn (): int => 202))->getStatusCode());
        self::assertStringContainsString('STORE_UNAVAILABLE', \implode($this->log));
        $this->expectException(\DomainException::class);
        $middleware->process($this->standard('{}'), $this->handler(static fn (): int => throw new \DomainException('work')));
    }

    /** A stream that does not wait gives nothing without being at its end, for ever. */
    public function testAStreamThatStallsIsRefused(): void
    {
        $pair = \stream_socket_pair(\STREAM_PF_UNIX, \STREAM_SOCK_STREAM, 0);
        \stream_set_blocking($pair[0], false);
        \fwrite($pair[1], '{"a":');
        $request = $this->standard('{"a":1}')->withBody(Stream::create($pair[0]));
        $response = $this->webhooks('standard-webhooks')->process($request, $this->handler(static fn (): int => self::fail('must not be called')));
        self::assertSame(400, $response->getStatusCode());
    }

    /** A stream that cannot go back, in pieces as they come; and once its bytes are gone, the site learns why and not the sender. */
    public function testAStreamThatCannotGoBack(): void
    {
        $middleware = $this->webhooks('standard-webhooks');
        $request = $this->standard('{"a":1}');
        foreach ([false, true] as $isRead) {
            $pair = \stream_socket_pair(\STREAM_PF_UNIX, \STREAM_SOCK_STREAM, 0);
            \fwrite($pair[1], '{"a":');
            $body = Stream::create($pair[0]);
            self::assertFalse($body->isSeekable());
            if ($isRead) {
                \fwrite($pair[1], '1}');
                \fclose($pair[1]);
                $body->getContents();
                $response = $middleware->process($request->withBody($body), $this->handler(static fn (): int => self::fail('must not be called')));
                self::assertSame([500, 'request could not be verified'], [$response->getStatusCode(), (string) $response->getBody()]);
                self::assertStringContainsString('something read the body before', \implode($this->log));
                continue;
            }
            $child = \pcntl_fork();
            if ($child === 0) {
                \usleep(50_000);
                \fwrite($pair[1], '1}');
                \pcntl_exec('/bin/true');
            }
            \fclose($pair[1]);
            $response = $middleware->process($request->withBody($body), $this->handler(static fn (): int => 204));
            \pcntl_waitpid($child, $status);
            self::assertSame(204, $response->getStatusCode(), \implode("\n", $this->log));
        }
    }

    public function testRefusalsReachNoHandlerAndSayNothing(): void
    {
        $never = $this->handler(static fn (): int => self::fail('must not be called'));
        $middleware = $this->webhooks('standard-webhooks', maxBodyBytes: 100);
        $good = $this->standard('{}');
        $cases = [
            [401, $good->withBody(Stream::create('{} '))],
            [401, $good->withHeader('webhook-signature', 'v1,' . \base64_encode(\str_repeat('x', 32)))],
            [413, $this->standard(\str_repeat('x', 101))],
            [400, $good->withoutHeader('webhook-signature')],
            [400, $good->withAddedHeader('webhook-id', 'another')],
            // What the sender chose is not the site's mistake.
            [400, $good->withMethod("P\xe9")],
        ];
        foreach ($cases as [$status, $request]) {
            $response = $middleware->process($request, $never);
            self::assertSame('request could not be verified', (string) $response->getBody());
            self::assertSame($status, $response->getStatusCode(), \implode("\n", $this->log));
            self::assertSame('no-store', $response->getHeaderLine('Cache-Control'));
        }
        self::assertCount(\count($cases), $this->log, 'every refusal is logged');
        self::assertStringNotContainsString(self::SECRET, \implode($this->log));
    }

    public function testHandshakesAreAnswered(): void
    {
        $never = $this->handler(static fn (): int => self::fail('must not be called'));
        $middleware = $this->webhooks('meta', handshakeSecret: 'verify-token');
        $query = 'hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=';
        $answer = $middleware->process(new ServerRequest('GET', "https://a.example/hook?{$query}verify-token"), $never);
        self::assertSame([200, '1158201444'], [$answer->getStatusCode(), (string) $answer->getBody()]);
        $refused = $middleware->process(new ServerRequest('GET', "https://a.example/hook?{$query}another"), $never);
        self::assertGreaterThanOrEqual(400, $refused->getStatusCode());
        self::assertStringNotContainsString('1158201444', (string) $refused->getBody());
    }

    public function testAVerifiedLinkReachesTheHandlerOnce(): void
    {
        $key = new QueryKey('k', self::SECRET);
        $query = (new SignedQuerySigner(QueryProfile::V1, $key, 'https://a.example'))->sign(['email' => 'a+b@c.example', 'name' => 'Zoë & Co']);
        $verifier = new SignedQueryVerifier(QueryProfile::V1, [$key], 'https://a.example', store: new MemoryReplayStore());
        $middleware = new SignedQueryMiddleware($verifier, new Psr17Factory(), $this->logger());
        $handler = $this->handler(static function (ServerRequestInterface $request): int {
            $verified = $request->getAttribute(VerifiedQuery::class);
            self::assertInstanceOf(VerifiedQuery::class, $verified);
            self::assertSame(['email' => 'a+b@c.example', 'name' => 'Zoë & Co'], $verified->fields());
            return 303;
        });
        $request = new ServerRequest('GET', "https://a.example/login?$query");
        $response = $middleware->process($request, $handler);
        self::assertSame(303, $response->getStatusCode());
        self::assertSame('no-referrer', $response->getHeaderLine('Referrer-Policy'));
        self::assertSame('no-store', $response->getHeaderLine('Cache-Control'));

        self::assertSame(409, $middleware->process($request, $handler)->getStatusCode());
        $edited = new ServerRequest('GET', "https://a.example/login?$query&admin=1");
        self::assertGreaterThanOrEqual(400, $middleware->process($edited, $handler)->getStatusCode());
        self::assertStringNotContainsString('cm_sig', \implode($this->log));
    }

    public function testASchemeThatSignsTheUrlTakesItFromTheSitesOrigin(): void
    {
        $keys = [new WebhookKey('k', '12345')];
        $body = 'CallSid=CA1&From=%2B14158675309';
        $signer = new WebhookSigner('twilio', $keys);
        $form = [['Content-Type', 'application/x-www-form-urlencoded']];
        $signed = $signer->sign(new WebhookRequest($form, 'POST', 'https://hooks.example/in?x=1'), $body);
        $verifier = new WebhookVerifier('twilio', $keys, new WebhookOptions(maxBodyBytes: 1_000));
        $factory = new Psr17Factory();
        $middleware = new WebhookMiddleware($verifier, $factory, $factory, origin: 'https://hooks.example/');
        // What the server sees behind its proxy.
        $request = new ServerRequest('POST', 'http://10.0.0.7:8080/in?x=1', ['Content-Type' => $form[0][1], 'Host' => 'evil.example'], $body);
        foreach ($signed->headers as [$name, $value]) {
            $request = $request->withHeader($name, $value);
        }
        self::assertSame(200, $middleware->process($request, $this->handler(static fn (): int => 200))->getStatusCode());
        foreach ([null, 'hooks.example'] as $none) {
            $calls = [
                static fn () => $verifier->verifyGlobals($none),
                static fn () => new WebhookMiddleware($verifier, $factory, $factory, origin: $none),
            ];
            foreach ($calls as $call) {
                self::assertConfigRefused('origin', $call);
            }
        }
    }

    public function testAMiddlewareNeedsALimit(): void
    {
        $factory = new Psr17Factory();
        $verifier = new WebhookVerifier('stripe', [new WebhookKey('k', self::SECRET)]);
        self::assertConfigRefused('max_body_bytes', static fn () => new WebhookMiddleware($verifier, $factory, $factory));
    }

    public function testASchemeOfOnesOwnHasNoHandshake(): void
    {
        $own = new SchemeSpec('mine', 'X-Mine', digest: 'token');
        $verifier = new WebhookVerifier($own, [new WebhookKey('k', self::SECRET)], new WebhookOptions(maxBodyBytes: 2));
        self::assertSame(['', 2], [$verifier->scheme, $verifier->maxBodyBytes]);
        $factory = new Psr17Factory();
        $middleware = new WebhookMiddleware($verifier, $factory, $factory);
        foreach ([[200, self::SECRET, '{}'], [401, 'another', '{}'], [413, self::SECRET, '{ }']] as [$status, $token, $body]) {
            $request = new ServerRequest('POST', 'https://a.example/hook', ['X-Mine' => $token], $body);
            self::assertSame($status, $middleware->process($request, $this->handler(static fn (): int => 200))->getStatusCode());
        }
    }

    private static function assertConfigRefused(string $detail, \Closure $call): void
    {
        try {
            $call();
            self::fail($detail);
        } catch (CountermarkExceptionInterface $refused) {
            self::assertSame([ErrorCode::InvalidConfig, $detail], [$refused->errorCode(), $refused->detail()]);
        }
    }

    public function testTheHeadersOfAPlainSite(): void
    {
        $before = $_SERVER;
        $_SERVER = [
            'REQUEST_METHOD' => 'POST', 'REQUEST_URI' => '/in?x=1', 'QUERY_STRING' => 'x=1', 'HTTP_X_TWILIO_SIGNATURE' => 'abc',
            'CONTENT_TYPE' => 'text/plain', 'HTTP_CONTENT_TYPE' => 'text/plain', 'CONTENT_LENGTH' => '', 'SCRIPT_NAME' => '/in',
            'HTTP_HOST' => 'evil.example', 'argv' => ['x'],
        ];
        $request = WebhookRequest::fromGlobals('https://hooks.example');
        $without = WebhookRequest::fromGlobals();
        $_SERVER['REDIRECT_HTTP_AUTHORIZATION'] = 'HMAC abc';
        self::assertContains(['AUTHORIZATION', 'HMAC abc'], WebhookRequest::fromGlobals()->headers);
        $_SERVER['HTTP_AUTHORIZATION'] = 'HMAC def';
        self::assertContains(['AUTHORIZATION', 'HMAC def'], WebhookRequest::fromGlobals()->headers);
        self::assertNotContains(['AUTHORIZATION', 'HMAC abc'], WebhookRequest::fromGlobals()->headers);
        $_SERVER = $before;
        self::assertEqualsCanonicalizing(
            [['X-TWILIO-SIGNATURE', 'abc'], ['CONTENT-TYPE', 'text/plain'], ['HOST', 'evil.example']],
            $request->headers,
        );
        self::assertSame(['POST', 'https://hooks.example/in?x=1', 'x=1'], [$request->method, $request->url, $request->query]);
        self::assertNull($without->url);
    }

    private function webhooks(string $scheme, int $maxBodyBytes = 1_000, ?string $handshakeSecret = null): WebhookMiddleware
    {
        $options = new WebhookOptions(maxBodyBytes: $maxBodyBytes);
        $verifier = new WebhookVerifier($scheme, [new WebhookKey('k', self::key($scheme))], $options, new MemoryReplayStore(), 60);
        $factory = new Psr17Factory();
        return new WebhookMiddleware($verifier, $factory, $factory, $this->logger(), handshakeSecret: $handshakeSecret);
    }

    private function standard(string $body): ServerRequest
    {
        $signer = new WebhookSigner('standard-webhooks', [new WebhookKey('k', self::key('standard-webhooks'))]);
        $request = new ServerRequest('POST', 'https://a.example/hook', [], $body);
        foreach ($signer->sign(new WebhookRequest([], 'POST'), $body, 'msg_' . \bin2hex(\random_bytes(4)))->headers as [$name, $value]) {
            $request = $request->withHeader($name, $value);
        }
        return $request;
    }

    private static function key(string $scheme): string
    {
        return $scheme === 'standard-webhooks' ? 'whsec_' . \base64_encode(self::SECRET) : self::SECRET;
    }

    /** @param \Closure(ServerRequestInterface): int $work gives a status */
    private function handler(\Closure $work): RequestHandlerInterface
    {
        return new class ($work) implements RequestHandlerInterface {
            public function __construct(private readonly \Closure $work)
            {
            }

            public function handle(ServerRequestInterface $request): ResponseInterface
            {
                return (new Psr17Factory())->createResponse(($this->work)($request));
            }
        };
    }

    private function logger(): AbstractLogger
    {
        return new class ($this->log) extends AbstractLogger {
            /** @param list<string> $log */
            public function __construct(private array &$log)
            {
            }

            public function log($level, $message, array $context = []): void
            {
                $this->log[] = "$level $message " . \json_encode($context);
            }
        };
    }
}
