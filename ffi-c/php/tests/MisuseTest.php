<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Http\HttpReply;
use Countermark\Login\LoginMachine;
use Countermark\Login\LoginService;
use Countermark\Login\SealKey;
use Countermark\Query\QueryKey;
use Countermark\Query\QueryProfile;
use Countermark\SessionSealer;
use Countermark\SignedQuerySigner;
use Countermark\SignedQueryVerifier;
use Countermark\Store\MemoryReplayStore;
use Countermark\Webhook\SchemeSpec;
use Countermark\Webhook\WebhookKey;
use Countermark\Webhook\WebhookOptions;
use Countermark\Webhook\WebhookRequest;
use Countermark\WebhookSigner;
use Countermark\WebhookVerifier;
use PHPUnit\Framework\TestCase;

/** Wrong use gives an error of the table, never a crash, and never a verified value. */
final class MisuseTest extends TestCase
{
    private const SECRET = 'a-secret-of-more-than-twenty-bytes';

    /** @dataProvider misuses */
    public function testMisuse(ErrorCode $expected, \Closure $call): void
    {
        try {
            $call();
        } catch (CountermarkExceptionInterface $refused) {
            self::assertSame($expected, $refused->errorCode(), $refused->getMessage());
            self::assertStringNotContainsString(self::SECRET, (string) $refused);
            return;
        }
        self::fail("not {$expected->label()}");
    }

    /** @return iterable<string, array{ErrorCode, \Closure}> */
    public function misuses(): iterable
    {
        $key = new QueryKey('k', self::SECRET);
        $service = new LoginService('Example', 'https://a.example');
        $begun = static fn (): LoginMachine => LoginMachine::begin($service, 'alice', 0);
        yield 'no key' => [ErrorCode::InvalidConfig, static fn () => new SignedQueryVerifier(QueryProfile::V1, [], 'https://a.example')];
        yield 'no audience' => [ErrorCode::InvalidConfig, static fn () => new SignedQueryVerifier(QueryProfile::V1, [$key])];
        yield 'a short secret' => [ErrorCode::WeakSecret, static fn () => new SignedQuerySigner(QueryProfile::LegacyOneLogin, new QueryKey('k', 'short'))];
        yield 'a negative window' => [ErrorCode::InvalidConfig, static fn () => new SignedQueryVerifier(QueryProfile::LegacyOneLogin, [$key], maxAgeSeconds: -1)];
        yield 'a window of the number that stands for none' => [ErrorCode::InvalidConfig, static fn () => new SignedQueryVerifier(QueryProfile::LegacyOneLogin, [$key], maxAgeSeconds: -2_147_483_648)];
        yield 'a field with a NUL' => [ErrorCode::InvalidField, static fn () => (new SignedQuerySigner(QueryProfile::V1, $key, 'https://a.example'))->sign(['a' => "x\0y"])];
        yield 'bytes that are no text' => [ErrorCode::InvalidInput, static fn () => (new SignedQuerySigner(QueryProfile::V1, $key, 'https://a.example'))->sign(['a' => "\xff"])];
        yield 'too little entropy' => [ErrorCode::InvalidInput, static fn () => (new SignedQuerySigner(QueryProfile::V1, $key, 'https://a.example'))->sign(['a' => 'b'], 'x')];
        yield 'no such scheme' => [ErrorCode::UnknownScheme, static fn () => new WebhookVerifier('nobody', [new WebhookKey('k', self::SECRET)])];
        yield 'no webhook key' => [ErrorCode::InvalidConfig, static fn () => new WebhookVerifier('github', [])];
        yield 'a spec with a wrong name' => [ErrorCode::InvalidConfig, static fn () => new WebhookVerifier(
            new SchemeSpec('mine', signatureHeader: 'X-Sig', encoding: 'base32'),
            [new WebhookKey('k', self::SECRET)],
        )];
        yield 'no address' => [ErrorCode::InvalidUrl, static fn () => new LoginService('Example', 'https://a.example', server: 'id.example')];
        yield 'no name' => [ErrorCode::InvalidInput, static fn () => new LoginService('', 'https://a.example')];
        yield 'no ID' => [ErrorCode::InvalidSecsignId, static fn () => LoginMachine::begin($service, " \0", 0)];
        yield 'a challenge before the answer' => [ErrorCode::WrongState, static fn () => $begun()->challenge()];
        yield 'a result before the answer' => [ErrorCode::WrongState, static fn () => $begun()->result()];
        yield 'two answers' => [ErrorCode::WrongState, static function () use ($begun): void {
            $login = $begun();
            $login->onStore(null, 0);
            $login->onResponse(new HttpReply(500, ''), 0);
            $login->onResponse(new HttpReply(500, ''), 0);
        }];
        yield 'an answer before the store\'s' => [ErrorCode::WrongState, static fn () => $begun()->onResponse(new HttpReply(200, ''), 0)];
        yield 'a key of another length' => [ErrorCode::InvalidSecret, static fn () => new SessionSealer([new SealKey('k', 'short')], 'a', 'b')];
        yield 'a token of nothing' => [ErrorCode::UnknownHandle, static fn () => (new SessionSealer([new SealKey('k', \random_bytes(32))], 'a', 'b'))->open('', 'x')];
        yield 'a memory without room' => [ErrorCode::InvalidConfig, static fn () => new MemoryReplayStore(0)];
        yield 'a memory of less than nothing' => [ErrorCode::InvalidConfig, static fn () => new MemoryReplayStore(-1)];
        yield 'a memory of the number that stands for none' => [ErrorCode::InvalidConfig, static fn () => new MemoryReplayStore(-2_147_483_648)];
        yield 'a memory of more than the library counts' => [ErrorCode::InvalidConfig, static fn () => new MemoryReplayStore(1 << 32)];
        yield 'a body of less than nothing' => [ErrorCode::InvalidConfig, static fn () => new WebhookVerifier('github', [new WebhookKey('k', self::SECRET)], new WebhookOptions(maxBodyBytes: -1))];
        yield 'a body of more than 32 bits' => [ErrorCode::InvalidConfig, static fn () => new WebhookVerifier('github', [new WebhookKey('k', self::SECRET)], new WebhookOptions(maxBodyBytes: 1 << 32))];
        yield 'a time-out of less than nothing' => [ErrorCode::InvalidConfig, static fn () => new LoginService('Example', 'https://a.example', connectTimeoutMs: -1)];
        yield 'no time-out' => [ErrorCode::InvalidConfig, static fn () => new LoginService('Example', 'https://a.example', totalTimeoutMs: 0)];
        yield 'a time to keep of nothing' => [ErrorCode::InvalidConfig, static fn () => new WebhookVerifier('github', [new WebhookKey('k', self::SECRET)], keepSeconds: 0)];
        yield 'a time to keep of less than nothing' => [ErrorCode::InvalidConfig, static fn () => new WebhookVerifier('github', [new WebhookKey('k', self::SECRET)], keepSeconds: -1)];
        yield 'a time to keep without end' => [ErrorCode::InvalidConfig, static fn () => new WebhookVerifier('github', [new WebhookKey('k', self::SECRET)], keepSeconds: \PHP_INT_MAX)];
        yield 'a store without a time to keep' => [ErrorCode::InvalidConfig, static function (): void {
            $keys = [new WebhookKey('k', self::SECRET)];
            new WebhookVerifier('github', $keys, store: new MemoryReplayStore());
        }];
        yield 'a store without a time to keep, where the time is not checked' => [ErrorCode::InvalidConfig, static function (): void {
            $keys = [new WebhookKey('k', self::SECRET)];
            new WebhookVerifier('stripe', $keys, new WebhookOptions(checkTime: false), new MemoryReplayStore());
        }];
        yield 'a store without a time to keep, for a scheme of one\'s own' => [ErrorCode::InvalidConfig, static function (): void {
            new WebhookVerifier(new SchemeSpec('mine', 'X-Mine'), [new WebhookKey('k', self::SECRET)], store: new MemoryReplayStore());
        }];
        yield 'a long body' => [ErrorCode::TooLarge, static fn () => (new WebhookVerifier(
            'github',
            [new WebhookKey('k', self::SECRET)],
            new WebhookOptions(maxBodyBytes: 10),
        ))->verify(new WebhookRequest([]), \str_repeat('x', 11))];
    }

    /** Texts with a NUL in them must not become other headers. */
    public function testAHeaderIsOneHeader(): void
    {
        $keys = [new WebhookKey('k', self::SECRET)];
        [[$name, $signature]] = (new WebhookSigner('github', $keys))->sign(new WebhookRequest([]), 'x')->headers;
        $verifier = new WebhookVerifier('github', $keys);
        foreach ([
            [['X-Other', "a\0$name\0$signature"]],
            [["X-Other\0a\0$name", $signature]],
            [['X-Other', "a\0$name"], [$signature, 'b']],
        ] as $headers) {
            try {
                $verifier->verify(new WebhookRequest($headers), 'x');
                self::fail('no header has this name');
            } catch (CountermarkExceptionInterface $refused) {
                self::assertSame(ErrorCode::MissingHeader, $refused->errorCode());
            }
        }
        // Bytes that are no text are a header's own business, as long as nobody asks for that header.
        $request = new WebhookRequest([['X-Other', "\xff\0"], [$name, $signature]], url: "https://a.example/\0");
        self::assertSame('x', $verifier->verify($request, 'x')->body());
    }

    /** The sender chose them, so that it is refused, and nobody looks for a mistake of the site. */
    public function testTextsThatAreNoText(): void
    {
        $keys = [new WebhookKey('k', self::SECRET)];
        $headers = (new WebhookSigner('github', $keys))->sign(new WebhookRequest([]), 'x')->headers;
        foreach ([
            new WebhookRequest([["X-\xe9", 'v'], ...$headers]),
            new WebhookRequest($headers, "P\xe9"),
            new WebhookRequest($headers, url: "https://a.example/\xe9"),
            new WebhookRequest($headers, query: "a=\xe9"),
        ] as $request) {
            try {
                (new WebhookVerifier('github', $keys))->verify($request, 'x');
                self::fail('no text');
            } catch (CountermarkExceptionInterface $refused) {
                self::assertSame([ErrorCode::InvalidEncoding, 400], [$refused->errorCode(), $refused->httpStatus()]);
            }
        }
        try {
            (new WebhookSigner('github', $keys))->sign(new WebhookRequest([], "P\xe9"), 'x');
            self::fail('no text');
        } catch (CountermarkExceptionInterface $refused) {
            self::assertSame(ErrorCode::InvalidInput, $refused->errorCode(), 'whoever signs has written it');
        }
    }

    public function testASchemeOfOnesOwn(): void
    {
        $spec = new SchemeSpec('mine', signatureHeader: 'X-Sig', signed: '{timestamp}.{body}', timeHeader: 'X-Time');
        $keys = [new WebhookKey('k', self::SECRET)];
        $time = (string) \time();
        $headers = [['x-time', $time], ['x-sig', \hash_hmac('sha256', "$time.body", self::SECRET)]];
        $webhook = (new WebhookVerifier($spec, $keys))->verify(new WebhookRequest($headers), 'body');
        self::assertSame(['mine', 'body', (int) $time * 1000], [$webhook->scheme(), $webhook->body(), $webhook->timestampMs()]);
        $signed = (new WebhookSigner($spec, $keys))->sign(new WebhookRequest([]), 'body');
        self::assertSame('body', (new WebhookVerifier($spec, $keys))->verify(new WebhookRequest($signed->headers), 'body')->body());
    }
}
