<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Webhook\WebhookKey;
use Countermark\Webhook\WebhookRequest;
use Countermark\WebhookVerifier;
use Nyholm\Psr7\ServerRequest;
use PHPUnit\Framework\TestCase;

/** Headers in the shapes of frameworks. */
final class HeadersTest extends TestCase
{
    private const SECRET = 'a-secret-of-more-than-twenty-bytes';

    /** @return iterable<string, array{array<array-key, mixed>}> */
    public static function shapes(): iterable
    {
        $signature = 'sha256=' . \hash_hmac('sha256', 'body', self::SECRET);
        yield 'pairs' => [[['Host', 'a.example'], ['X-Hub-Signature-256', $signature]]];
        yield 'pairs with a gap' => [[3 => ['X-Hub-Signature-256', $signature]]];
        yield 'getallheaders' => [['Host' => 'a.example', 'X-Hub-Signature-256' => $signature, 'Content-Type' => '']];
        yield 'HttpFoundation' => [['host' => ['a.example'], 'x-hub-signature-256' => [$signature], 'accept' => ['a', 'b']]];
        yield 'PSR-7' => [(new ServerRequest('POST', 'https://a.example', ['X-Hub-Signature-256' => $signature, '7' => 'x']))->getHeaders()];
        yield 'WordPress' => [['host' => ['a.example'], 'x_hub_signature_256' => [$signature], 'content_type' => ['text/plain']]];
    }

    /**
     * @dataProvider shapes
     * @param array<array-key, mixed> $headers
     */
    public function testAWebhookIsVerifiedByThem(array $headers): void
    {
        $verifier = new WebhookVerifier('github', [new WebhookKey('k', self::SECRET)]);
        self::assertSame('body', $verifier->verify(new WebhookRequest($headers), 'body')->body());
    }

    public function testEveryValueIsThere(): void
    {
        $headers = (new WebhookRequest(['Accept' => ['a', 'b'], '7' => 'c', 'X_Mine' => 'd']))->headers;
        self::assertSame([['Accept', 'a'], ['Accept', 'b'], ['7', 'c'], ['X_Mine', 'd']], $headers);
        self::assertSame([['content-length', '7']], (new WebhookRequest(['content-length' => [7], 'accept' => [null]]))->headers);
    }

    /** @return iterable<string, array{array<array-key, mixed>}> */
    public static function strangeShapes(): iterable
    {
        yield 'a number in a pair' => [[['Content-Length', 7]]];
        yield 'half a pair' => [[['Content-Length']]];
        yield 'three of a pair' => [[['Accept', 'a', 'b']]];
        yield 'a named pair' => [[['name' => 'Accept', 'value' => 'a']]];
        yield 'lines' => [['Accept: a']];
        yield 'half a number' => [['Content-Length' => 7.5]];
        yield 'a list in a list' => [['Accept' => [['a']]]];
    }

    /**
     * @dataProvider strangeShapes
     * @param array<array-key, mixed> $headers
     */
    public function testAnythingElseIsAnErrorOfTheTable(array $headers): void
    {
        try {
            new WebhookRequest($headers);
            self::fail('no such shape');
        } catch (CountermarkExceptionInterface $refused) {
            self::assertSame(ErrorCode::InvalidInput, $refused->errorCode());
        }
    }

    /** Whoever names a header with a digit must not choose how the others are read. */
    public function testASenderCannotMakeAPairOfAHeader(): void
    {
        $headers = (new WebhookRequest(['0' => ['X-Hub-Signature-256', 'x'], 'host' => ['a.example']]))->headers;
        self::assertSame([['0', 'X-Hub-Signature-256'], ['0', 'x'], ['host', 'a.example']], $headers);
        self::assertSame([['0', 'x'], ['host', 'a.example']], (new WebhookRequest([['x'], 'host' => ['a.example']]))->headers);
    }
}
