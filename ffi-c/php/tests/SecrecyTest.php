<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Login\LoginMachine;
use Countermark\Login\LoginService;
use Countermark\Login\SealKey;
use Countermark\Http\HttpReply;
use Countermark\Http\HttpRequest;
use Countermark\Login\RequestKind;
use Countermark\Login\ServerReply;
use Countermark\Psr15\WebhookMiddleware;
use Countermark\Query\QueryKey;
use Countermark\Query\QueryProfile;
use Countermark\Query\VerifiedQuery;
use Countermark\SecureSign\Environment;
use Countermark\SecureSign\HashAlgorithm;
use Countermark\SecureSign\SecureSignConfig;
use Countermark\SecureSign\SecureSignPending;
use Countermark\SecureSign\SecureSignSession;
use Countermark\SignedQuerySigner;
use Countermark\SignedQueryVerifier;
use Countermark\Webhook\SignedWebhook;
use Countermark\Webhook\VerifiedWebhook;
use Countermark\Webhook\WebhookKey;
use Countermark\Webhook\WebhookOptions;
use Countermark\Webhook\WebhookRequest;
use Countermark\WebhookSigner;
use Countermark\WebhookVerifier;
use Nyholm\Psr7\Factory\Psr17Factory;
use PHPUnit\Framework\TestCase;

/** Nothing that a dump, a log or a session file shows holds a secret or a session handle. */
final class SecrecyTest extends TestCase
{
    private const SECRET = 'a-secret-that-nobody-may-see-0123';

    private const REQUEST_ID = '88D36E3D1F2C4B5A69788796A5B4C3D2';

    /** @dataProvider holders */
    public function testDumpsShowNoSecret(object $holder): void
    {
        \ob_start();
        \var_dump($holder);
        \print_r($holder);
        $shown = (string) \ob_get_clean() . \json_encode($holder);
        // What a verified query keeps of its link is private, but no secret.
        $held = \implode("\n", \array_filter((array) $holder, \is_string(...)));
        foreach ([self::SECRET, self::REQUEST_ID] as $hidden) {
            self::assertFalse(\strpos($shown . $held, $hidden), \substr($shown, 0, 1_000));
        }
        foreach (['cm_sig', 'a@b.example'] as $hidden) {
            self::assertFalse(\strpos($shown, $hidden), \substr($shown, 0, 1_000));
        }
        self::assertLessThan(10_000, \strlen($shown));
    }

    /**
     * As the dumpers of Symfony and Laravel do, which look behind an array cast and into closures.
     *
     * @dataProvider holders
     */
    public function testACastShowsNoSecret(object $holder): void
    {
        \ob_start();
        \var_dump((array) $holder);
        $shown = (string) \ob_get_clean();
        foreach ([self::SECRET, self::REQUEST_ID] as $hidden) {
            self::assertFalse(\strpos($shown, $hidden), \substr($shown, 0, 1_000));
        }
    }

    public function testACloneHasTheSecretToo(): void
    {
        $clone = clone new WebhookKey('k', self::SECRET);
        \gc_collect_cycles();
        self::assertSame(self::SECRET, $clone->secret());
    }

    /** @dataProvider holders */
    public function testNothingIsSerialized(object $holder): void
    {
        $this->expectException(\Exception::class);
        \serialize($holder);
    }

    public function testNothingVerifiedComesFromText(): void
    {
        foreach ([VerifiedWebhook::class, VerifiedQuery::class] as $class) {
            try {
                \unserialize(\sprintf('O:%d:"%s":0:{}', \strlen($class), $class));
                self::fail($class);
            } catch (\LogicException $refused) {
                self::assertSame('only a verifier makes a verified value', $refused->getMessage());
            }
        }
    }

    /** @return iterable<string, array{object}> */
    public function holders(): iterable
    {
        $key = new QueryKey('k', self::SECRET);
        yield 'query key' => [$key];
        yield 'webhook key' => [new WebhookKey('k', self::SECRET)];
        yield 'seal key' => [new SealKey('k', self::SECRET)];
        yield 'api key' => [new SecureSignConfig(self::SECRET, Environment::Test, 'tenant')];
        yield 'verifier' => [new SignedQueryVerifier(QueryProfile::V1, [$key], 'https://a.example')];
        yield 'session' => [$this->login()->challenge()->session];
        yield 'challenge' => [$this->login()->challenge()];
        yield 'machine' => [$this->login()];
        $factory = new Psr17Factory();
        $webhooks = new WebhookVerifier('meta', [new WebhookKey('k', self::SECRET)], new WebhookOptions(maxBodyBytes: 1));
        yield 'middleware' => [new WebhookMiddleware($webhooks, $factory, $factory, handshakeSecret: self::SECRET)];
        $query = (new SignedQuerySigner(QueryProfile::V1, $key, 'https://a.example'))->sign(['email' => 'a@b.example']);
        yield 'verified query' => [(new SignedQueryVerifier(QueryProfile::V1, [$key], 'https://a.example'))->verify($query)];
    }

    /** What carries a handle or a link shows it to its owner only: no dump, and no logger that writes objects as JSON. */
    public function testDumpsOfMessagesShowNoHandle(): void
    {
        $body = 'authsessionid=1&requestid=' . self::REQUEST_ID . '&authsessionstate=1&secsignid=alice';
        $messages = [
            new HttpRequest('POST', 'https://id.example/' . self::REQUEST_ID, [['X-Key', self::REQUEST_ID]], $body, 1, 1, 1),
            new HttpReply(200, $body),
            ServerReply::parse(RequestKind::Start, $body),
            new SecureSignSession('1', 1, 'securesign://sign?' . self::REQUEST_ID, new SecureSignPending('1', '', HashAlgorithm::Sha256, 1)),
            new SignedWebhook([['X-Key', self::REQUEST_ID]], 'https://a.example/' . self::REQUEST_ID, self::REQUEST_ID, self::REQUEST_ID),
            $this->webhook(self::REQUEST_ID),
            new WebhookRequest([['X-Token', self::REQUEST_ID]], 'GET', 'https://a.example/?' . self::REQUEST_ID, self::REQUEST_ID),
        ];
        foreach ($messages as $message) {
            \ob_start();
            \var_dump([$message]);
            \print_r([$message]);
            $shown = (string) \ob_get_clean() . \json_encode([$message]);
            self::assertStringNotContainsString(self::REQUEST_ID, $shown, $message::class);
        }
    }

    public function testTracesShowNoSecret(): void
    {
        \ini_set('zend.exception_ignore_args', '0');
        $key = new QueryKey('k', self::SECRET);
        $query = (new SignedQuerySigner(QueryProfile::V1, $key, 'https://a.example'))->sign(['email' => 'a@b.example']);
        $verifier = new SignedQueryVerifier(QueryProfile::V1, [$key], 'https://b.example');
        try {
            $verifier->verify($query);
            self::fail('another audience');
        } catch (CountermarkExceptionInterface $refused) {
            $texts = [(string) $refused];
            foreach ($refused->getTrace() as $frame) {
                \array_push($texts, ...\array_filter($frame['args'] ?? [], \is_string(...)));
            }
            self::assertStringNotContainsString('cm_sig', \implode("\n", $texts));
        }
    }

    public function testNoObjectHasTwoOwners(): void
    {
        $this->expectException(\Error::class);
        $session = $this->login()->challenge()->session;
        $handle = (new \ReflectionProperty($session, 'handle'))->getValue($session);
        clone $handle;
    }

    private function webhook(string $body): VerifiedWebhook
    {
        $key = new WebhookKey('k', self::SECRET);
        $headers = [...(new WebhookSigner('github', [$key]))->sign(new WebhookRequest([]), $body)->headers, ['Authorization', $body]];
        return (new WebhookVerifier('github', [$key]))->verify(new WebhookRequest($headers, 'POST', "https://a.example/?$body"), $body);
    }

    private function login(): LoginMachine
    {
        $login = LoginMachine::begin(new LoginService('Example', 'https://a.example'), 'alice', 0);
        $login->onStore(null, 0);
        $login->onResponse(new HttpReply(200, 'authsessionid=1&requestid=' . self::REQUEST_ID . '&authsessionstate=1&secsignid=alice'), 0);
        return $login;
    }
}
