<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Http\HttpReply;
use Countermark\Login\AuthSession;
use Countermark\Login\LoginMachine;
use Countermark\Login\LoginService;
use Countermark\Login\SealKey;
use Countermark\Query\QueryKey;
use Countermark\Query\QueryProfile;
use Countermark\SecureSign\Environment;
use Countermark\SecureSign\Rules;
use Countermark\SecureSign\SecureSignConfig;
use Countermark\SecureSignClient;
use Countermark\SessionSealer;
use Countermark\SignedQuerySigner;
use Countermark\SignedQueryVerifier;
use Countermark\Store\FileReplayStore;
use Countermark\Store\MemoryReplayStore;
use Countermark\Webhook\SchemeSpec;
use Countermark\Webhook\WebhookKey;
use Countermark\Webhook\WebhookOptions;
use Countermark\Webhook\WebhookRequest;
use Countermark\WebhookExplainer;
use Countermark\WebhookSigner;
use Countermark\WebhookVerifier;
use PHPUnit\Framework\TestCase;
use Psr\Clock\ClockInterface;

/** A number that cannot be: the same codes as in every other language, and no number that wraps around. */
final class NumbersTest extends TestCase
{
    private const SECRET = 'a-secret-of-more-than-twenty-bytes';

    /** Below all, above what the library counts to, and the numbers that stand for none in the C ABI. */
    private const WRONG = [-1, -2_147_483_648, \PHP_INT_MIN, 1 << 32, \PHP_INT_MAX];

    /** @return array<string, list<\Closure(int): mixed>> */
    private function settings(): array
    {
        $keys = [new WebhookKey('k', self::SECRET)];
        $key = new QueryKey('k', self::SECRET);
        $query = QueryProfile::LegacyOneLogin;
        return [
            'max_age_s' => [
                static fn (int $value) => new WebhookVerifier('stripe', $keys, new WebhookOptions(maxAgeSeconds: $value)),
                static fn (int $value) => new WebhookExplainer('stripe', $keys, new WebhookOptions(maxAgeSeconds: $value)),
                static fn (int $value) => new WebhookVerifier(new SchemeSpec('mine', 'X-Mine', maxAgeSeconds: $value), $keys),
                static fn (int $value) => new SignedQueryVerifier($query, [$key], maxAgeSeconds: $value),
            ],
            'max_future_s' => [
                static fn (int $value) => new WebhookVerifier('stripe', $keys, new WebhookOptions(maxFutureSeconds: $value)),
                static fn (int $value) => new WebhookExplainer('stripe', $keys, new WebhookOptions(maxFutureSeconds: $value)),
                static fn (int $value) => new WebhookVerifier(new SchemeSpec('mine', 'X-Mine', maxFutureSeconds: $value), $keys),
                static fn (int $value) => new SignedQueryVerifier($query, [$key], maxFutureSeconds: $value),
            ],
            'max_body_bytes' => [
                static fn (int $value) => new WebhookVerifier('stripe', $keys, new WebhookOptions(maxBodyBytes: $value)),
                static fn (int $value) => new WebhookExplainer('stripe', $keys, new WebhookOptions(maxBodyBytes: $value)),
            ],
            'lifetime_s' => [static fn (int $value) => new SignedQuerySigner(QueryProfile::V1, $key, 'a', $value)],
            'connect_timeout_ms' => [static fn (int $value) => self::begun(new LoginService('a', 'b', connectTimeoutMs: $value))],
            'total_timeout_ms' => [static fn (int $value) => self::begun(new LoginService('a', 'b', totalTimeoutMs: $value))],
            'clock_skew_s' => [static fn (int $value) => new SecureSignClient(new SecureSignConfig('ss_test_abc123xyz', Environment::Test, 'a', clockSkewSeconds: $value))],
            'idle_ms' => [static fn (int $value) => Rules::pinSessionIsOpen(0, $value, 0)],
            'capacity' => [static fn (int $value) => new MemoryReplayStore($value)],
            'keep_s' => [static fn (int $value) => new WebhookVerifier('stripe', $keys, keepSeconds: $value)],
        ];
    }

    public function testSettings(): void
    {
        foreach ($this->settings() as $setting => $calls) {
            foreach ($calls as $call) {
                foreach (self::WRONG as $wrong) {
                    $refused = self::refused(ErrorCode::InvalidConfig, static fn () => $call($wrong));
                    self::assertSame($setting, $refused->detail());
                }
                $call(1);
            }
        }
    }

    public function testCountsOfACall(): void
    {
        foreach (self::WRONG as $wrong) {
            self::refused(ErrorCode::InvalidInput, static fn () => Rules::rateLimitWaitMs([0], $wrong, 0));
        }
        foreach ([...self::WRONG, (1 << 32) + 200] as $wrong) {
            self::refused(ErrorCode::InvalidInput, static fn () => self::sent()->onResponse(new HttpReply($wrong, ''), 0));
        }
    }

    public function testTimesThatAreStrangeAndPossible(): void
    {
        $service = new LoginService('a', 'b');
        $session = self::session();
        $store = new MemoryReplayStore();
        $calls = [
            static fn (int $ms) => LoginMachine::begin($service, 'alice', $ms)->poll($ms),
            static fn (int $ms) => LoginMachine::check($service, $session, $ms)->poll($ms),
            static fn (int $ms) => LoginMachine::wait($service, $session, $ms, 0)->poll($ms),
            static fn (int $ms) => self::sent()->onResponse(new HttpReply(200, ''), $ms),
            static fn (int $ms) => $store->reserve('key', $ms, 0),
            static fn (int $ms) => $store->reserve('key', 0, $ms),
            static fn (int $ms) => Rules::pinSessionIsOpen($ms, null, 0),
            static fn (int $ms) => Rules::pinSessionIsOpen(0, null, $ms),
            static fn (int $ms) => Rules::rateLimitWaitMs([$ms], 1, 0),
            static fn (int $ms) => Rules::rateLimitWaitMs([0], 1, $ms),
        ];
        foreach ($calls as $call) {
            foreach ([0, -1, \PHP_INT_MIN, \PHP_INT_MAX] as $edge) {
                self::possible(static fn () => $call($edge));
            }
        }
    }

    /** @dataProvider clocks */
    public function testAClockFarAway(int $seconds): void
    {
        $clock = self::clock($seconds);
        $keys = [new WebhookKey('k', self::SECRET)];
        $key = new QueryKey('k', self::SECRET);
        $sealer = new SessionSealer([new SealKey('k', \str_repeat('k', 32))], 'a', 'b', $clock);
        $session = self::session();
        $calls = [
            static fn () => (new WebhookVerifier('stripe', $keys, clock: $clock))->verify(new WebhookRequest([]), ''),
            static fn () => (new WebhookVerifier('github', $keys, null, new MemoryReplayStore(), 1, $clock))->verify(new WebhookRequest([]), ''),
            static fn () => (new WebhookSigner('stripe', $keys, $clock))->sign(new WebhookRequest([]), ''),
            static fn () => (new SignedQueryVerifier(QueryProfile::LegacyOneLogin, [$key], clock: $clock))->verify('a=b'),
            static fn () => (new SignedQuerySigner(QueryProfile::V1, $key, 'a', clock: $clock))->sign(['a' => 'b']),
            static fn () => (new MemoryReplayStore(null, $clock))->add('key', 1),
            static fn () => $sealer->seal($session, 'cookie'),
            static fn () => $sealer->open('token', 'cookie'),
        ];
        foreach ($calls as $call) {
            if (\is_int(1000 * $seconds)) {
                self::possible($call);
            } else {
                self::assertSame('clock', self::refused(ErrorCode::InvalidInput, $call)->detail());
            }
        }
    }

    /** @return iterable<array{int}> */
    public function clocks(): iterable
    {
        return [[\PHP_INT_MIN], [\PHP_INT_MAX], [\intdiv(\PHP_INT_MIN, 1000)], [\intdiv(\PHP_INT_MAX, 1000) - 1], [-1], [0]];
    }

    public function testKeysThatAreKeptForEver(): void
    {
        $path = \sys_get_temp_dir() . '/countermark-numbers-' . \bin2hex(\random_bytes(8));
        try {
            foreach ([new MemoryReplayStore(), new FileReplayStore($path), new FileReplayStore($path)] as $at => $store) {
                self::assertSame($at < 2, $store->add('key', \PHP_INT_MAX));
                self::assertFalse($store->add('key', \PHP_INT_MAX));
                self::assertSame(ErrorCode::TimestampTooOld, self::refused(ErrorCode::TimestampTooOld, static fn () => $store->add('other', \PHP_INT_MIN))->errorCode());
            }
        } finally {
            \array_map('unlink', \glob("$path*") ?: []);
        }
    }

    private static function refused(ErrorCode $code, \Closure $call): CountermarkExceptionInterface
    {
        try {
            $call();
        } catch (CountermarkExceptionInterface $refused) {
            self::assertSame($code, $refused->errorCode(), $refused->getMessage());
            return $refused;
        }
        self::fail("not {$code->label()}");
    }

    private static function possible(\Closure $call): void
    {
        try {
            $call();
            self::assertTrue(true);
        } catch (CountermarkExceptionInterface $refused) {
            self::assertNotSame(ErrorCode::Internal, $refused->errorCode());
        }
    }

    private static function clock(int $seconds): ClockInterface
    {
        return new class ($seconds) implements ClockInterface {
            public function __construct(private readonly int $seconds)
            {
            }

            public function now(): \DateTimeImmutable
            {
                return (new \DateTimeImmutable())->setTimestamp($this->seconds);
            }
        };
    }

    private static function begun(LoginService $service): LoginMachine
    {
        return LoginMachine::begin($service, 'alice', 0);
    }

    /** A login whose request is to be answered. */
    private static function sent(): LoginMachine
    {
        $login = self::begun(new LoginService('a', 'b'));
        $login->onStore(null, 0);
        return $login;
    }

    /** A session exists only through a login, so one is begun and answered here. */
    private static function session(): AuthSession
    {
        $login = self::sent();
        $login->onResponse(new HttpReply(200, 'authsessionid=1&requestid=2&authsessionstate=1&secsignid=alice'), 0);
        return $login->challenge()->session;
    }
}
