<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Http\CurlTransport;
use Countermark\Http\FailureKind;
use Countermark\Http\FailurePhase;
use Countermark\Http\HttpRequest;
use Countermark\Http\Psr18Transport;
use Countermark\Http\Transport;
use Countermark\Http\TransportFailure;
use Countermark\Login\LoginOutcome;
use Countermark\Login\LoginService;
use Countermark\Login\SealKey;
use Countermark\LoginClient;
use Countermark\SessionSealer;
use Countermark\Store\MemoryReplayStore;
use GuzzleHttp\Client as Guzzle;
use Nyholm\Psr7\Factory\Psr17Factory;
use Nyholm\Psr7\Response;
use PHPUnit\Framework\TestCase;
use Psr\Http\Client\ClientInterface;
use Psr\Http\Message\StreamInterface;

/** The two ways to a server: the same login over both, and what they say when there is none. */
final class TransportTest extends TestCase
{
    /**
     * @dataProvider transports
     * @param \Closure(): Transport $open
     */
    public function testALogin(\Closure $open): void
    {
        $emulator = Emulator::start();
        $service = new LoginService('Example', 'https://a.example', server: $emulator->url);
        $client = new LoginClient($service, new MemoryReplayStore(), $open());
        $sealer = new SessionSealer([new SealKey('1', \random_bytes(32))], 'Example', 'https://a.example');

        $challenge = $client->begin('Alice');
        self::assertStringStartsWith("\x89PNG", (string) $challenge->accessPassPng());
        self::assertStringStartsWith('data:image/png;base64,', (string) $challenge->accessPassDataUri());
        $token = $sealer->seal($challenge->session, 'cookie of this visitor');
        $this->assertRefused(ErrorCode::Busy, static fn () => $client->begin('alice'));
        $this->assertRefused(ErrorCode::UnknownHandle, static fn () => $sealer->open($token, 'another visitor'));
        $session = $sealer->open($token, 'cookie of this visitor');
        self::assertSame(LoginOutcome::Pending, $client->check($session)->outcome);
        $this->assertRefused(ErrorCode::LoginPending, static fn () => $client->check($session)->requireApproved());

        $emulator->act('alice', 'approve');
        self::assertSame('alice', $client->check($session)->requireApproved());
        $this->assertRefused(ErrorCode::AlreadyConsumed, static fn () => $client->check($session));
        $client->release($session);
        $client->cancel($client->begin('alice')->session);
    }

    /**
     * @dataProvider transports
     * @param \Closure(): Transport $open
     */
    public function testNobodyListens(\Closure $open): void
    {
        $failure = $this->failure($open(), 'http://127.0.0.1:' . WebServer::freePort() . '/');
        self::assertSame([FailureKind::Unreachable, FailurePhase::NotSent], [$failure->kind, $failure->phase]);
        self::assertNull($failure->getPrevious());
    }

    /**
     * @dataProvider transports
     * @param \Closure(int): Transport $open
     */
    public function testAServerThatIsSilent(\Closure $open): void
    {
        $silent = \stream_socket_server('tcp://127.0.0.1:0');
        $failure = $this->failure($open(1), 'http://' . \stream_socket_get_name($silent, false) . '/', 1_000);
        self::assertSame([FailureKind::Timeout, FailurePhase::MaybeSent], [$failure->kind, $failure->phase]);
    }

    /**
     * @dataProvider transports
     * @param \Closure(): Transport $open
     */
    public function testAServerWithAnUnknownCertificate(\Closure $open): void
    {
        $emulator = Emulator::start(['--tls', 'localhost']);
        self::assertSame(FailureKind::Tls, $this->failure($open(), $emulator->url)->kind);
    }

    /**
     * @dataProvider transports
     * @param \Closure(): Transport $open
     */
    public function testALongReplyIsReadToOneByteMore(\Closure $open): void
    {
        $emulator = Emulator::start();
        $request = new HttpRequest('POST', $emulator->url, [['Content-Type', 'application/x-www-form-urlencoded']], 'request=x', 60_000, 60_000, 10);
        self::assertSame(11, \strlen($open()->send($request)->body));
    }

    /**
     * A PSR-18 client that hands on streams: one that stalls, and one that never ends.
     *
     * @dataProvider streams
     * @param \Closure(int): string $read
     */
    public function testAnAnswerThatDoesNotComeToItsEnd(\Closure $read): void
    {
        $stream = $this->createMock(StreamInterface::class);
        $stream->method('eof')->willReturn(false);
        $stream->method('read')->willReturnCallback($read);
        $client = $this->createMock(ClientInterface::class);
        $client->method('sendRequest')->willReturn((new Response(200))->withBody($stream));
        $factory = new Psr17Factory();
        $failure = $this->failure(new Psr18Transport($client, $factory, $factory), 'https://id.example/', 1_000);
        self::assertSame([FailureKind::Timeout, FailurePhase::MaybeSent], [$failure->kind, $failure->phase]);
    }

    /** @return iterable<string, array{\Closure(int): string}> */
    public function streams(): iterable
    {
        yield 'stalls' => [static fn (int $length): string => ''];
        yield 'drips' => [static function (int $length): string {
            \usleep(50_000);
            return 'x';
        }];
    }

    public function testPlainHttpGoesNowhereButToThisMachine(): void
    {
        $failure = $this->failure(new CurlTransport(), 'http://192.0.2.1/');
        self::assertSame([FailureKind::Tls, FailurePhase::NotSent], [$failure->kind, $failure->phase]);
        self::assertSame(FailurePhase::NotSent, $this->failure(new CurlTransport(), 'file:///etc/hostname')->phase);
    }

    public function testRootsMustBeCertificates(): void
    {
        $this->assertRefused(ErrorCode::InvalidConfig, static fn () => new CurlTransport(__FILE__ . '.none'));
    }

    /** @return iterable<string, array{\Closure(int=): Transport}> with its time-out in seconds, for what has no other */
    public function transports(): iterable
    {
        yield 'curl' => [static fn (): Transport => new CurlTransport()];
        yield 'Guzzle' => [static function (int $seconds = 60): Transport {
            $factory = new Psr17Factory();
            return new Psr18Transport(new Guzzle(['timeout' => $seconds]), $factory, $factory);
        }];
    }

    private function failure(Transport $transport, string $url, int $timeoutMs = 60_000): TransportFailure
    {
        try {
            $transport->send(new HttpRequest('POST', $url, [], 'a=b', $timeoutMs, $timeoutMs, 1_000));
        } catch (TransportFailure $failure) {
            return $failure;
        }
        self::fail('an answer');
    }

    private function assertRefused(ErrorCode $code, \Closure $call): void
    {
        try {
            $call();
        } catch (CountermarkExceptionInterface $refused) {
            self::assertSame($code, $refused->errorCode());
            return;
        }
        self::fail("not {$code->label()}");
    }
}
