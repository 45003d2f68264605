<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Error\CountermarkException;
use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Psr15\SignedQueryMiddleware;
use Countermark\Psr15\WebhookMiddleware;
use Countermark\Query\QueryKey;
use Countermark\Query\QueryProfile;
use Countermark\Query\VerifiedQuery;
use Countermark\SignedQuerySigner;
use Countermark\SignedQueryVerifier;
use Countermark\Store\MemoryReplayStore;
use Countermark\Store\ReplayStore;
use Countermark\Webhook\SchemeSpec;
use Countermark\Webhook\VerifiedWebhook;
use Countermark\Webhook\WebhookKey;
use Countermark\Webhook\WebhookOptions;
use Countermark\Webhook\WebhookRequest;
use Countermark\WebhookSigner;
use Countermark\WebhookVerifier;
use Nyholm\Psr7\Factory\Psr17Factory;
use Nyholm\Psr7\ServerRequest;
use PHPUnit\Framework\TestCase;
use Psr\Clock\ClockInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;

/**
 * The middlewares, asked the same as the helpers of every other language. The requests are signed here and now, since receivers go by the
 * system's clock.
 */
final class ReceiverTest extends TestCase
{
    private const SHELL = 'php/psr15';

    /** @var list<string> what the store and the handler were asked, in order */
    private array $calls = [];

    /** @var array<string, mixed> the exchange that is on its way */
    private array $now = [];

    /**
     * @dataProvider webhooks
     * @param array<string, mixed> $receiver
     * @param array<string, mixed> $asked
     * @param list<array<string, mixed>> $exchanges
     */
    public function testAWebhook(array $receiver, array $asked, array $exchanges, string $publicText): void
    {
        $factory = new Psr17Factory();
        try {
            $middleware = new WebhookMiddleware(
                $this->verifier($receiver),
                $factory,
                $factory,
                origin: $receiver['origin'] ?? null,
                handshakeSecret: $receiver['handshake_secret'] ?? null,
            );
        } catch (CountermarkExceptionInterface $refused) {
            // What would be a fault of every request is one of the receiver here, and said before any comes.
            self::assertSame([ErrorCode::InvalidConfig, 'origin'], [$refused->errorCode(), $refused->detail()]);
            self::assertSame([[['fault' => 500], []]], \array_map(static fn (array $one): array => [$one['answer'], $one['calls']], $exchanges));
            return;
        }
        $request = $this->request($receiver, $asked);
        $body = (string) $request->getBody();
        foreach ($exchanges as $this->now) {
            if (!isset($asked['read_first'])) {
                $request->getBody()->rewind();
            }
            $this->exchange($middleware, $request, $asked['method'], $publicText, static function (ServerRequestInterface $request) use ($body): void {
                $webhook = $request->getAttribute(VerifiedWebhook::class);
                self::assertSame([$body, $body], [$webhook->body() . $webhook->unsignedBody(), (string) $request->getBody()]);
            });
        }
    }

    /**
     * @dataProvider links
     * @param array<string, mixed> $site
     * @param array<string, mixed> $asked
     * @param list<array<string, mixed>> $exchanges
     */
    public function testALink(array $site, array $asked, array $exchanges, string $publicText): void
    {
        $key = new QueryKey($site['key_id'], $site['secret']);
        $profile = ['countermark-v1' => QueryProfile::V1][$site['profile']];
        $query = '';
        $fields = \array_column($asked['fields'] ?? [], 1, 0);
        if ($fields !== []) {
            $signer = new SignedQuerySigner($profile, $key, $asked['audience'] ?? $site['audience'], clock: $this->clock($asked['age_s'] ?? 0));
            $query = $signer->sign($fields);
        }
        $query = ($asked['prepend'] ?? '') . $query . ($asked['append'] ?? '');
        $query = \substr($query, 0, \strlen($query) - ($asked['cut'] ?? 0));
        $verifier = new SignedQueryVerifier($profile, [$key], $site['audience'], store: $this->store());
        $middleware = new SignedQueryMiddleware($verifier, new Psr17Factory());
        foreach ($exchanges as $this->now) {
            $method = $this->now['method'] ?? 'GET';
            $headers = isset($this->now['purpose']) ? ['Sec-Purpose' => $this->now['purpose']] : [];
            $response = $this->exchange($middleware, new ServerRequest($method, "https://a.example/link?$query", $headers), $method, $publicText, static function (ServerRequestInterface $request) use ($fields): void {
                self::assertSame($fields, $request->getAttribute(VerifiedQuery::class)->fields());
            });
            if ($response !== null) {
                self::assertSame(['no-referrer', 'no-store'], [$response->getHeaderLine('Referrer-Policy'), $response->getHeaderLine('Cache-Control')]);
            }
        }
    }

    public function testWhenAReceiverIsMade(): void
    {
        foreach (self::file('webhooks')['constructions'] as $case) {
            if (self::unable($case)) {
                continue;
            }
            $error = null;
            try {
                $this->verifier($case['receiver']);
            } catch (CountermarkExceptionInterface $refused) {
                $error = $refused->errorCode()?->label();
            }
            self::assertSame($case['error'] ?? null, $error, $case['comment']);
        }
    }

    /** @return iterable<string, array{array<string, mixed>, array<string, mixed>, list<array<string, mixed>>, string}> */
    public function webhooks(): iterable
    {
        return self::tests('webhooks');
    }

    /** @return iterable<string, array{array<string, mixed>, array<string, mixed>, list<array<string, mixed>>, string}> */
    public function links(): iterable
    {
        return self::tests('links');
    }

    /** @return iterable<string, array{array<string, mixed>, array<string, mixed>, list<array<string, mixed>>, string}> */
    private static function tests(string $name): iterable
    {
        $file = self::file($name);
        foreach ($file['testGroups'] as $group) {
            foreach ($group['tests'] as $test) {
                if (!self::unable($test)) {
                    $receiver = ($test['receiver'] ?? []) + $group['receiver'];
                    yield "$test[tcId] $test[comment]" => [$receiver, $test['request'] + $group['request'], $test['exchanges'], $file['public_text']];
                }
            }
        }
    }

    /** @return array<string, mixed> */
    private static function file(string $name): array
    {
        return \json_decode((string) \file_get_contents(\dirname(__DIR__, 3) . "/tests/vectors/receiver/$name.json"), true, 32, \JSON_THROW_ON_ERROR);
    }

    /** @param array<string, mixed> $case */
    private static function unable(array $case): bool
    {
        return \in_array(self::SHELL, \array_merge([], ...\array_column($case['unable'] ?? [], 'shells')), true);
    }

    /**
     * @param \Closure(ServerRequestInterface): void $handled looks at what the handler gets
     * @return ?ResponseInterface null where the handler threw
     */
    private function exchange(MiddlewareInterface $middleware, ServerRequestInterface $request, string $method, string $publicText, \Closure $handled): ?ResponseInterface
    {
        $this->calls = [];
        $response = null;
        try {
            $response = $middleware->process($request, $this->handler($handled));
        } catch (\DomainException | CountermarkException) {
            self::assertSame(500, $this->now['answer']['fault'] ?? null);
        }
        self::assertSame($this->now['calls'], $this->calls);
        if ($response === null) {
            return null;
        }
        $answer = $this->now['answer'];
        $text = (string) $response->getBody();
        self::assertSame($answer['status'] ?? $answer['refused'] ?? $answer['own'] ?? $answer['fault'], $response->getStatusCode());
        if (\in_array('handle', $this->calls, true)) {
            // There, the application itself answers.
            self::assertSame('own', $text);
        } elseif (!isset($answer['fault'])) {
            $type = $answer['content_type'] ?? (isset($answer['refused']) ? 'text/plain; charset=utf-8' : '');
            self::assertSame([$answer['body'] ?? $publicText, $type], [$text, $response->getHeaderLine('Content-Type')]);
            self::assertSame('nosniff', $response->getHeaderLine('X-Content-Type-Options'));
        }
        return $response;
    }

    /** @param \Closure(ServerRequestInterface): void $handled */
    private function handler(\Closure $handled): RequestHandlerInterface
    {
        return new class (function (ServerRequestInterface $request) use ($handled): int {
            $this->calls[] = 'handle';
            $handled($request);
            return match ($this->now['handler'] ?? 200) {
                'throws' => throw new \DomainException('the database is away'),
                'refuses' => throw CountermarkException::of(ErrorCode::SignatureMismatch),
                default => $this->now['handler'] ?? 200,
            };
        }) implements RequestHandlerInterface {
            public function __construct(private readonly \Closure $work)
            {
            }

            public function handle(ServerRequestInterface $request): ResponseInterface
            {
                $response = (new Psr17Factory())->createResponse(($this->work)($request));
                $response->getBody()->write('own');
                return $response;
            }
        };
    }

    /** @param array<string, mixed> $receiver */
    private function verifier(array $receiver): WebhookVerifier
    {
        return new WebhookVerifier(
            isset($receiver['own']) ? self::own($receiver['own']) : $receiver['scheme'],
            [new WebhookKey('1', $receiver['secret'])],
            new WebhookOptions(maxBodyBytes: $receiver['max_body_bytes'], checkTime: $receiver['check_time'] ?? true),
            $this->store(),
            $receiver['keep_s'] ?? null,
        );
    }

    /** @param array<string, string> $own the scheme that the site describes itself */
    private static function own(array $own): SchemeSpec
    {
        return new SchemeSpec(
            $own['id'],
            $own['signature_header'],
            digest: $own['digest'] ?? null,
            signed: $own['signed'] ?? null,
            timeHeader: $own['time_header'] ?? null,
        );
    }

    private function store(): ReplayStore
    {
        return new class (function (string $step): bool {
            $this->calls[] = $step;
            return match ($this->now['store'][$step] ?? null) {
                'throws' => throw new \RuntimeException('the store is away'),
                'taken' => false,
                default => true,
            };
        }) implements ReplayStore {
            private readonly MemoryReplayStore $memory;

            public function __construct(private readonly \Closure $asked)
            {
                $this->memory = new MemoryReplayStore();
            }

            public function add(string $key, int $ttlSeconds): bool
            {
                return ($this->asked)('reserve') && $this->memory->add($key, $ttlSeconds);
            }

            public function commit(string $key): bool
            {
                return ($this->asked)('commit') && $this->memory->commit($key);
            }

            public function isCommitted(string $key): bool
            {
                return ($this->asked)('is_committed') && $this->memory->isCommitted($key);
            }

            public function remove(string $key): void
            {
                ($this->asked)('release');
                $this->memory->remove($key);
            }
        };
    }

    /**
     * What the sender sends.
     *
     * @param array<string, mixed> $receiver
     * @param array<string, mixed> $asked
     */
    private function request(array $receiver, array $asked): ServerRequest
    {
        $body = isset($asked['body_base64']) ? (string) \base64_decode($asked['body_base64'], true) : \str_repeat('x', $asked['body_length'] ?? 0);
        $body = isset($asked['body_base64']) || isset($asked['body_length']) ? $body : $asked['body'];
        [$headers, $target, $sign] = [$asked['headers'], $asked['target'], $asked['sign']];
        if ($sign !== null) {
            $url = ($sign['origin'] ?? $receiver['origin'] ?? 'https://hooks.example') . ($sign['target'] ?? $target);
            $signer = new WebhookSigner($receiver['scheme'], [new WebhookKey('1', $receiver['signing_secret'] ?? $receiver['secret'])], $this->clock($sign['age_s'] ?? 0));
            $signed = $signer->sign(new WebhookRequest($headers, $asked['method'], $url), $sign['body'] ?? $body, $sign['message_id'] ?? null);
            $headers = \array_merge($headers, $signed->headers);
            $target = $signed->query === null ? $target : \strtok($target, '?') . "?$signed->query";
            $body = $signed->body ?? $body;
        }
        // What the server sees behind its proxy.
        $request = new ServerRequest($asked['method'], "http://10.0.0.7:8080$target", ['Host' => 'internal.example'], $body);
        foreach (\array_merge($headers, $asked['also'] ?? []) as [$name, $value]) {
            $request = $request->withAddedHeader(($asked['upper'] ?? false) ? \strtoupper($name) : $name, $value);
        }
        return $request;
    }

    private function clock(int $ageSeconds): ClockInterface
    {
        return new class ($ageSeconds) implements ClockInterface {
            public function __construct(private readonly int $ageSeconds)
            {
            }

            public function now(): \DateTimeImmutable
            {
                return (new \DateTimeImmutable())->setTimestamp(\time() - $this->ageSeconds);
            }
        };
    }
}
