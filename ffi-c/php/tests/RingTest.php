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
use Countermark\SecureSign\HashAlgorithm;
use Countermark\SecureSign\Rules;
use Countermark\SecureSign\SecureSignConfig;
use Countermark\SecureSign\SecureSignRequest;
use Countermark\SecureSignClient;
use Countermark\SessionSealer;
use Countermark\SignedQuerySigner;
use Countermark\SignedQueryVerifier;
use Countermark\Webhook\WebhookKey;
use Countermark\Webhook\WebhookRequest;
use Countermark\WebhookExplainer;
use Countermark\WebhookSigner;
use Countermark\WebhookVerifier;
use PHPUnit\Framework\TestCase;

/** PHP's arrays may have names, or the gaps of `array_filter`: every element of a ring counts, whatever its key. */
final class RingTest extends TestCase
{
    private const SECRETS = ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'];

    /** @return iterable<string, array{array{int|string, int|string}}> */
    public static function names(): iterable
    {
        yield 'names' => [['current', 'previous']];
        yield 'names that are dates' => [['2026-11', '2026-05']];
        yield 'gaps' => [[1, 7]];
        yield 'backwards' => [[1, 0]];
    }

    /**
     * @dataProvider names
     * @param array{int|string, int|string} $names
     */
    public function testEveryWebhookKeyOpens(array $names): void
    {
        $keys = self::ring($names, static fn (string $id, string $secret): WebhookKey => new WebhookKey($id, $secret));
        $verifier = new WebhookVerifier('github', $keys);
        self::assertSame([], $verifier->unusableKeys());
        foreach (self::SECRETS as $at => $secret) {
            $request = new WebhookRequest((new WebhookSigner('github', ['x' => new WebhookKey('x', $secret)]))->sign(new WebhookRequest([]), 'body')->headers);
            self::assertSame("key $at", $verifier->verify($request, 'body')->keyId());
            self::assertSame([], (new WebhookExplainer('github', $keys))->explain($request, 'body')->causes);
        }
        // A hole in the ring would be a key without bytes, which anybody has.
        self::assertSame(ErrorCode::SignatureMismatch, self::refusal(static function () use ($verifier): void {
            $verifier->verify(new WebhookRequest([['X-Hub-Signature-256', 'sha256=' . \hash_hmac('sha256', 'body', '')]]), 'body');
        }));
    }

    /**
     * @dataProvider names
     * @param array{int|string, int|string} $names
     */
    public function testEveryQueryKeyAndDomainOpens(array $names): void
    {
        $domains = \array_combine($names, ['one.example', 'two.example']);
        $keys = self::ring($names, static fn (string $id, string $secret): QueryKey => new QueryKey($id, $secret, emailDomains: $domains));
        $verifier = new SignedQueryVerifier(QueryProfile::LegacyOneLogin, $keys);
        foreach (self::SECRETS as $at => $secret) {
            $signer = new SignedQuerySigner(QueryProfile::LegacyOneLogin, new QueryKey('x', $secret));
            $link = static fn (string $email): string => $signer->sign(['firstname' => 'Ann', 'lastname' => 'Lee', 'email' => $email]);
            foreach ($domains as $domain) {
                $verified = $verifier->verify($link("ann@$domain"));
                self::assertSame("key $at", $verified->keyId());
                self::assertSame("ann@$domain", $verified->checkKnownEmails([$names[1] => "ann@$domain"]));
            }
            self::assertNotNull(self::refusal(static fn () => $verifier->verify($link('ann@three.example'))));
        }
        $keys = self::ring($names, static fn (string $id, string $secret): QueryKey => new QueryKey($id, $secret));
        $verifier = new SignedQueryVerifier(QueryProfile::V1, $keys, 'aud');
        $keys = \array_values($keys);
        self::assertSame('key 1', $verifier->verify((new SignedQuerySigner(QueryProfile::V1, $keys[1], 'aud'))->sign(['a' => 'b']))->keyId());
    }

    /**
     * @dataProvider names
     * @param array{int|string, int|string} $names
     */
    public function testEverySealKeyOpens(array $names): void
    {
        $key = static fn (string $id, string $secret): SealKey => new SealKey($id, $secret);
        $sealer = new SessionSealer(self::ring($names, $key), 'Example', 'https://a.example');
        foreach (self::SECRETS as $at => $secret) {
            $token = (new SessionSealer([$key("key $at", $secret)], 'Example', 'https://a.example'))->seal(self::session(), 'visitor');
            self::assertSame('alice', $sealer->open($token, 'visitor')->secsignId());
        }
    }

    /**
     * @dataProvider names
     * @param array{int|string, int|string} $names
     */
    public function testEveryCallbackHostAndCallCounts(array $names): void
    {
        $hosts = \array_combine($names, ['a.example', 'b.example']);
        $client = new SecureSignClient(new SecureSignConfig('ss_test_emulator', Environment::Test, 'org', $hosts, 'https://sign.example/v1'));
        foreach ($hosts as $host) {
            $request = new SecureSignRequest('id', \str_repeat("\0", 32), HashAlgorithm::Sha256, "https://$host/signed");
            self::assertStringStartsWith('securesign://', $client->deepLink($request));
        }
        self::assertSame(Rules::rateLimitWaitMs([1_000, 2_000], 2, 3_000), Rules::rateLimitWaitMs(\array_combine($names, [1_000, 2_000]), 2, 3_000));
    }

    /** @return iterable<string, array{\Closure, ErrorCode}> */
    public static function strangers(): iterable
    {
        $query = new QueryKey('k', self::SECRETS[0]);
        $seal = new SealKey('k', self::SECRETS[0]);
        yield 'a webhook key' => [static fn () => new WebhookVerifier('github', [$query]), ErrorCode::InvalidConfig];
        yield 'nothing' => [static fn () => new WebhookVerifier('github', [null]), ErrorCode::InvalidConfig];
        yield 'a bare secret' => [static fn () => new WebhookSigner('github', [self::SECRETS[0]]), ErrorCode::InvalidConfig];
        yield 'a query key' => [static fn () => new SignedQueryVerifier(QueryProfile::V1, [$query, $seal], 'aud'), ErrorCode::InvalidConfig];
        yield 'a seal key' => [static fn () => new SessionSealer([$query], 'a', 'https://a.example'), ErrorCode::InvalidConfig];
        yield 'a domain' => [
            static fn () => new SignedQueryVerifier(QueryProfile::V1, [new QueryKey('k', self::SECRETS[0], emailDomains: ['a.example', null])], 'aud'),
            ErrorCode::InvalidConfig,
        ];
        yield 'a host' => [static fn () => new SecureSignClient(new SecureSignConfig('ss_test_x', Environment::Test, 'org', [1])), ErrorCode::InvalidConfig];
        yield 'a time' => [static fn () => Rules::rateLimitWaitMs(['x'], 2, 3_000), ErrorCode::InvalidInput];
    }

    /** @dataProvider strangers */
    public function testWhatIsNoKeyIsAnErrorOfTheTable(\Closure $call, ErrorCode $expected): void
    {
        self::assertSame($expected, self::refusal($call));
    }

    /**
     * @template T
     * @param array{int|string, int|string} $names
     * @param \Closure(string, string): T $key
     * @return array<array-key, T>
     */
    private static function ring(array $names, \Closure $key): array
    {
        return [$names[0] => $key('key 0', self::SECRETS[0]), $names[1] => $key('key 1', self::SECRETS[1])];
    }

    private static function refusal(\Closure $call): ?ErrorCode
    {
        try {
            $call();
            return null;
        } catch (CountermarkExceptionInterface $refused) {
            return $refused->errorCode();
        }
    }

    private static function session(): AuthSession
    {
        $login = LoginMachine::begin(new LoginService('Example', 'https://a.example'), 'alice', (int) (\microtime(true) * 1000));
        $login->onStore(null, 0);
        $reply = 'authsessionid=1&requestid=88D36E3D1F2C4B5A69788796A5B4C3D2&authsessionstate=1&secsignid=alice';
        $login->onResponse(new HttpReply(200, $reply), (int) (\microtime(true) * 1000));
        return $login->challenge()->session;
    }
}
