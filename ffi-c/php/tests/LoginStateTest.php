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

/** What `<countermark-login>` asks, over PSR-15. */
final class LoginStateTest extends TestCase
{
    /** @var list<string> */
    private array $signedIn = [];

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
        $this->handler = new LoginState(
            $this->client,
            $this->sealer,
            static fn (ServerRequestInterface $request): string => $request->getCookieParams()['visitor'] ?? '',
            function (string $secsignId): string {
                $this->signedIn[] = $secsignId;
                return '/members';
            },
            new Psr17Factory(),
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
    private function ask(mixed $token, string $visitor = 'this visitor'): array
    {
        $request = (new ServerRequest('POST', '/login/state'))->withParsedBody(['token' => $token])->withCookieParams(['visitor' => $visitor]);
        $response = $this->handler->handle($request);
        self::assertSame('no-store', $response->getHeaderLine('Cache-Control'));
        return [$response->getStatusCode(), (string) $response->getBody()];
    }
}
