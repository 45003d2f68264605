<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Login\LoginOutcome;
use Countermark\Login\LoginService;
use Countermark\Login\SealKey;
use Countermark\LoginClient;
use Countermark\Psr15\LoginState;
use Countermark\SessionSealer;
use Countermark\Store\MemoryReplayStore;
use Nyholm\Psr7\Factory\Psr17Factory;
use Nyholm\Psr7\ServerRequest;
use PHPUnit\Framework\TestCase;
use Psr\Http\Message\ServerRequestInterface;
use Psr\SimpleCache\CacheInterface;

/** What `<countermark-login>` asks, over PSR-15. */
final class LoginStateTest extends TestCase
{
    /** @var list<string> */
    private array $signedIn = [];

    private int $failsAt = 0;

    private static ?Emulator $emulator = null;

    private LoginClient $client;

    private SessionSealer $sealer;

    private LoginState $handler;

    public static function tearDownAfterClass(): void
    {
        self::$emulator = null;
    }

    protected function setUp(): void
    {
        self::$emulator ??= Emulator::start();
        $service = new LoginService('Example', 'https://a.example', server: self::$emulator->url);
        $this->client = new LoginClient($service, new MemoryReplayStore());
        $this->sealer = new SessionSealer([new SealKey('1', \random_bytes(32))], 'Example', 'https://a.example');
        $this->handler = $this->handler();
    }

    private function handler(?CacheInterface $approvals = null): LoginState
    {
        return new LoginState(
            $this->client,
            $this->sealer,
            static fn (ServerRequestInterface $request): string|array|null => $request->getCookieParams()['visitor'] ?? null,
            function (string $secsignId): string {
                $this->signedIn[] = $secsignId;
                return \count($this->signedIn) === $this->failsAt ? throw new \RuntimeException('no database') : '/members';
            },
            new Psr17Factory(),
            approvals: $approvals,
        );
    }

    public function testItFollowsALoginToItsApprovalWhichSignsInOnce(): void
    {
        $token = $this->begin('Alice');
        self::assertSame([200, '{"state":"pending","final":false}'], $this->ask($token));
        self::$emulator?->act('alice', 'fetch');
        self::assertSame([200, '{"state":"fetched","final":false}'], $this->ask($token));
        self::assertSame([], $this->signedIn);
        self::$emulator?->act('alice', 'approve');
        self::assertSame([200, '{"state":"approved","final":true,"next":"\/members"}'], $this->ask($token));
        self::assertSame(['alice'], $this->signedIn);
        self::assertSame([409, 'request could not be verified'], $this->ask($token));
        self::assertSame(['alice'], $this->signedIn);
    }

    /** The page that slept, or whose network was away, asks again; so does one whose sign-in has failed at the site. */
    public function testAnApprovalThatIsKeptSignsInWhoeverAsksAgainWithTheSameBinding(): void
    {
        $cache = new ArrayCache();
        $this->handler = $this->handler($cache);
        [$token, $other] = [$this->begin('lost'), $this->begin('beside')];
        self::assertSame([200, '{"state":"pending","final":false}'], $this->ask($token));
        self::assertSame([], $cache->ttls);
        self::$emulator?->act('lost', 'approve');
        $this->failsAt = 1;
        try {
            $this->ask($token);
            self::fail('it throws');
        } catch (\RuntimeException) {
        }
        self::assertSame([120], \array_values($cache->ttls));
        self::assertSame([200, '{"state":"approved","final":true,"next":"\/members"}'], $this->ask($token));
        self::assertSame([200, '{"state":"approved","final":true,"next":"\/members"}'], $this->ask($token));
        self::assertSame(['lost', 'lost', 'lost'], $this->signedIn);
        self::assertSame(401, $this->ask($token, 'another visitor')[0]);
        self::assertSame(401, $this->ask("{$token}x")[0]);
        self::assertSame([200, '{"state":"pending","final":false}'], $this->ask($other));
        $cache->clear();
        self::assertSame(409, $this->ask($token)[0]);
        self::assertSame(['lost', 'lost', 'lost'], $this->signedIn);
    }

    public function testADeniedLoginIsFinalAndSignsNobodyIn(): void
    {
        $token = $this->begin('denies');
        self::$emulator?->act('denies', 'deny');
        self::assertSame([200, '{"state":"denied","final":true}'], $this->ask($token));
        self::assertSame([], $this->signedIn);
    }

    /** The element goes on by its form where the answer is below 500, and asks again where it is not. */
    public function testWhoHasNoLoginLearnsNothing(): void
    {
        $token = $this->begin('carol');
        self::$emulator?->act('carol', 'approve');
        self::assertSame(401, $this->ask($token, 'another visitor')[0]);
        self::assertSame([401, 'request could not be verified'], $this->ask($token, ''), 'a visitor without the cookie');
        self::assertSame(401, $this->ask($token, ['this visitor'])[0]);
        self::assertSame(401, $this->ask($token, null)[0]);
        self::assertSame(401, $this->ask('')[0]);
        self::assertSame(401, $this->ask(['x'])[0]);
        self::assertSame(405, $this->handler->handle(new ServerRequest('GET', '/login/state'))->getStatusCode());
        self::assertSame([], $this->signedIn);
        self::$emulator?->control('POST', 'faults', [['request' => 'state', 'secsignid' => 'carol', 'fault' => 'html-502', 'times' => 1]]);
        self::assertSame(502, $this->ask($token)[0]);
        self::assertSame(200, $this->ask($token)[0]);
        self::assertSame(['carol'], $this->signedIn);
    }

    /** The names that the element knows, which are those of every language. */
    public function testOutcomesHaveTheNamesOfTheElement(): void
    {
        $element = (string) \file_get_contents(\dirname(__DIR__, 3) . '/wasm/element/countermark-login.mjs');
        foreach (LoginOutcome::cases() as $outcome) {
            if ($outcome !== LoginOutcome::Released) {
                self::assertStringContainsString("  {$outcome->label()}: '", $element);
            }
        }
    }

    private function begin(string $secsignId): string
    {
        return $this->sealer->seal($this->client->begin($secsignId)->session, 'this visitor');
    }

    /** @return array{int, string} */
    private function ask(mixed $token, mixed $visitor = 'this visitor'): array
    {
        $request = (new ServerRequest('POST', '/login/state'))->withParsedBody(['token' => $token])->withCookieParams(['visitor' => $visitor]);
        $response = $this->handler->handle($request);
        self::assertSame('no-store', $response->getHeaderLine('Cache-Control'));
        return [$response->getStatusCode(), (string) $response->getBody()];
    }
}
