<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Adapter\FixedClock;
use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Login\LoginService;
use Countermark\LoginClient;
use Countermark\Query\QueryKey;
use Countermark\Query\QueryProfile;
use Countermark\SignedQuerySigner;
use Countermark\SignedQueryVerifier;
use Countermark\Store\FileReplayStore;
use Countermark\Store\MemoryReplayStore;
use Countermark\Store\NonAtomicCacheStore;
use Countermark\Store\Once;
use Countermark\Store\RedisReplayStore;
use Countermark\Store\ReplayStore;
use PHPUnit\Framework\TestCase;

/** One contract, every store. */
final class StoresTest extends TestCase
{
    use Stores;

    /**
     * @dataProvider stores
     * @param \Closure(): ReplayStore $open
     */
    public function testAKeyIsTakenOnce(\Closure $open): void
    {
        $store = $open();
        self::assertTrue($store->add('1', 60));
        self::assertFalse($store->add('1', 60));
        self::assertTrue($store->add('2', 60));
        $store->remove('1');
        self::assertTrue($store->add('1', 60));
        self::assertFalse($store->add('2', 60));
    }

    /**
     * @dataProvider stores
     * @param \Closure(): ReplayStore $open
     */
    public function testALinkIsUsedOnce(\Closure $open): void
    {
        $key = new QueryKey('k', \str_repeat('secret', 6));
        $query = (new SignedQuerySigner(QueryProfile::V1, $key, 'https://a.example'))->sign(['email' => 'a@b.example']);
        $verifier = new SignedQueryVerifier(QueryProfile::V1, [$key], 'https://a.example', store: $open());
        self::assertSame('a@b.example', $verifier->verify($query)->get('email'));
        try {
            $verifier->verify($query);
            self::fail('a replay');
        } catch (CountermarkExceptionInterface $refused) {
            self::assertSame(ErrorCode::Replayed, $refused->errorCode());
        }
    }

    /**
     * @dataProvider atomicStores
     * @param \Closure(): ReplayStore $open
     */
    public function testOfManyProcessesOneGetsTheKey(\Closure $open): void
    {
        $open()->add('warm', 1);
        $keys = 100;
        $sockets = \stream_socket_pair(\STREAM_PF_UNIX, \STREAM_SOCK_STREAM, 0);
        $gate = \stream_socket_pair(\STREAM_PF_UNIX, \STREAM_SOCK_STREAM, 0);
        for ($child = 0; $child < 8; $child++) {
            if (\pcntl_fork() === 0) {
                try {
                    $store = $open();
                    \fclose($gate[1]);
                    \fread($gate[0], 1);
                    for ($key = 0; $key < $keys; $key++) {
                        \fwrite($sockets[1], $store->add("key $key", 60) ? '1' : '0');
                    }
                } catch (\Throwable) {
                    \fwrite($sockets[1], '!');
                } finally {
                    // Not to go on as a second PHPUnit.
                    \pcntl_exec('/bin/true');
                }
            }
        }
        // All at once.
        \fclose($gate[1]);
        \fclose($sockets[1]);
        $answers = (string) \stream_get_contents($sockets[0]);
        for ($child = 0; $child < 8; $child++) {
            \pcntl_wait($status);
        }
        self::assertSame($keys, \substr_count($answers, '1'));
        self::assertSame(7 * $keys, \substr_count($answers, '0'));
    }

    /** Stores count seconds, and a message is accepted to its last millisecond: a key that ends before would let it in again. */
    public function testAKeyOutlivesItsMessage(): void
    {
        $store = new class implements ReplayStore {
            public int $ttlSeconds = 0;

            public function add(string $key, int $ttlSeconds): bool
            {
                $this->ttlSeconds = $ttlSeconds;
                return true;
            }

            public function commit(string $key): bool
            {
                return true;
            }

            public function isCommitted(string $key): bool
            {
                return false;
            }

            public function remove(string $key): void
            {
            }
        };
        foreach ([0, 1, 999, 1000, 1001, 299_999, 300_000] as $leftMs) {
            (new Once($store))->reserve('key', 1_700_000_000_000 + $leftMs, 1_700_000_000_000, ErrorCode::Replayed);
            self::assertGreaterThan($leftMs, 1000 * $store->ttlSeconds);
            self::assertLessThanOrEqual($leftMs + 1000, 1000 * $store->ttlSeconds);
        }
        $store->ttlSeconds = 0;
        try {
            (new Once($store))->reserve('key', 1_699_999_999_999, 1_700_000_000_000, ErrorCode::Replayed);
            self::fail('a key whose time is over');
        } catch (CountermarkExceptionInterface $refused) {
            self::assertSame([ErrorCode::TimestampTooOld, 0], [$refused->errorCode(), $store->ttlSeconds]);
        }
    }

    public function testAKeyIsFreeAfterItsTime(): void
    {
        $path = self::temporary();
        $at = static fn (int $ms): FileReplayStore => new FileReplayStore($path, clock: new FixedClock($ms));
        self::assertTrue($at(0)->add('1', 10));
        self::assertFalse($at(9_999)->add('1', 10));
        self::assertTrue($at(10_001)->add('1', 10));
        self::assertSame([0, 0], [\fileperms($path) & 0077, \fileperms("$path.lock") & 0077], 'nobody else reads it');
    }

    /** As with `MemoryReplayStore`: after the clock was set back, a message whose key was forgotten could come again. */
    public function testAClockSetBackOpensNoGap(): void
    {
        $path = self::temporary();
        $at = static fn (int $ms): FileReplayStore => new FileReplayStore($path, clock: new FixedClock($ms));
        self::assertTrue($at(0)->add('1', 10));
        self::assertTrue($at(0)->add('2', 20));
        self::assertTrue($at(20_001)->add('3', 60));
        foreach (['add', 'commit', 'remove'] as $step) {
            try {
                $at(0)->add('1', 10);
                self::fail($step);
            } catch (CountermarkExceptionInterface $refused) {
                self::assertSame(ErrorCode::TimestampTooOld, $refused->errorCode());
            }
            // What has another key to write keeps in mind what is forgotten.
            $step === 'remove' ? $at(0)->remove('3') : $at(0)->$step('3', 60);
        }
        self::assertTrue($at(0)->add('1', 21));
        self::assertFalse($at(0)->add('1', 21));
        self::assertTrue((new FileReplayStore($path, 2, new FixedClock(0)))->commit('1'));
        self::assertTrue($at(21_001)->add('1', 10), 'and once the clock has caught up, all is as before');
    }

    /** @dataProvider broken */
    public function testAStoreThatCannotRememberRefuses(ReplayStore $store): void
    {
        $this->assertUnavailable($store);
    }

    private function assertUnavailable(ReplayStore $store): void
    {
        $key = new QueryKey('k', \str_repeat('secret', 6));
        $query = (new SignedQuerySigner(QueryProfile::V1, $key, 'https://a.example'))->sign(['email' => 'a@b.example']);
        $verifier = new SignedQueryVerifier(QueryProfile::V1, [$key], 'https://a.example', store: $store);
        try {
            $verifier->verify($query);
            self::fail('nobody remembers');
        } catch (CountermarkExceptionInterface $refused) {
            self::assertSame(ErrorCode::StoreUnavailable, $refused->errorCode(), (string) $refused);
        }
    }

    /** A process that dies while it writes leaves the keys that were there. */
    public function testAHalfWrittenFileIsNotTaken(): void
    {
        $path = self::temporary();
        $store = new FileReplayStore($path);
        self::assertTrue($store->add('1', 60));
        \file_put_contents("$path.new", '{"1":');
        \chmod("$path.new", 0600);
        self::assertFalse($store->add('1', 60));
        self::assertTrue($store->add('2', 60));
        self::assertFalse($store->add('1', 60));
        self::assertFalse((new FileReplayStore($path))->add('2', 60));
    }

    /** As the connection of Laravel, which hands on what it does not know, and has another `set`. */
    public function testAWrapperOfAClientIsRefusedAtOnce(): void
    {
        $wrapper = new class (self::phpredis()) {
            public function __construct(private readonly \Redis $client)
            {
            }

            public function set(string $key, mixed $value, ?string $expireResolution = null, ?int $expireTtl = null, ?string $flag = null): mixed
            {
                return $this->client->set($key, $value, $expireResolution ? [$flag, $expireResolution => $expireTtl] : null);
            }

            /** @param list<mixed> $arguments */
            public function __call(string $name, array $arguments): mixed
            {
                return $this->client->$name(...$arguments);
            }
        };
        foreach ([$wrapper, new \stdClass()] as $other) {
            try {
                new RedisReplayStore($other);
                self::fail('no client');
            } catch (CountermarkExceptionInterface $refused) {
                self::assertSame(ErrorCode::InvalidConfig, $refused->errorCode());
                self::assertStringContainsString('->client()', $refused->getMessage());
            }
        }
    }

    /** Within a transaction or a pipeline, phpredis answers with itself, which is no yes. */
    public function testAClientThatOnlyQueuesRefuses(): void
    {
        foreach ([\Redis::MULTI, \Redis::PIPELINE] as $mode) {
            $client = self::phpredis();
            $this->assertUnavailable(new RedisReplayStore($client->multi($mode), "queued $mode"));
            $client->discard();
        }
    }

    /** A client that sends again what it got no reply to finds the key that it has just taken. */
    public function testAReplyThatWasLostIsNoReplay(): void
    {
        $phpredis = new class () extends \Redis {
            public function set($key, $value, $options = null): \Redis|string|bool
            {
                parent::set($key, $value, $options);
                return parent::set($key, $value, $options);
            }
        };
        $phpredis->connect(self::redis()->socket);
        $predis = new class (['scheme' => 'unix', 'path' => self::redis()->socket]) extends \Predis\Client {
            public function executeCommand(\Predis\Command\CommandInterface $command)
            {
                if ($command->getId() === 'SET') {
                    parent::executeCommand($command);
                }
                return parent::executeCommand($command);
            }
        };
        foreach ([$phpredis, $predis] as $at => $client) {
            $store = new RedisReplayStore($client, "lost $at");
            self::assertTrue($store->add('1', 60));
            self::assertFalse($store->add('1', 60));
        }
    }

    /** A client that gives up after the server has taken the key: the sender will come again, and must not find its own. */
    public function testAKeyOfNobodyIsGivenBack(): void
    {
        $phpredis = new class () extends \Redis {
            public function set($key, $value, $options = null): \Redis|string|bool
            {
                parent::set($key, $value, $options);
                throw new \RedisException('read error on connection');
            }
        };
        $phpredis->connect(self::redis()->socket);
        $this->assertUnavailable(new RedisReplayStore($phpredis, 'nobody'));
        self::assertSame([], self::phpredis()->keys('nobody*'));
        // And one that somebody else holds stays.
        $store = new RedisReplayStore(self::phpredis(), 'nobody');
        self::assertTrue($store->add('1', 60));
        try {
            (new RedisReplayStore($phpredis, 'nobody'))->add('1', 60);
            self::fail('no answer');
        } catch (\RedisException) {
        }
        self::assertFalse($store->add('1', 60));
    }

    public function testAPrefixThatACacheNeedNotTakeIsRefused(): void
    {
        self::assertTrue((new NonAtomicCacheStore(new ArrayCache(), 'shop.example_16b'))->add('1', 60));
        foreach (['shop.example_16bs', 'shop:', "a\n"] as $prefix) {
            try {
                new NonAtomicCacheStore(new ArrayCache(), $prefix);
                self::fail($prefix);
            } catch (CountermarkExceptionInterface $refused) {
                self::assertSame(ErrorCode::InvalidConfig, $refused->errorCode());
            }
        }
    }

    /** Of two logins that begin at once for one ID, both would pass. */
    public function testALoginTakesNoStoreThatMayGiveAKeyTwice(): void
    {
        $this->expectExceptionCode(ErrorCode::InvalidConfig->value);
        new LoginClient(new LoginService('Site', 'https://a.example'), new NonAtomicCacheStore(new ArrayCache()));
    }

    public function testAServerThatMayNotWriteIsNoReplay(): void
    {
        $server = RedisServer::start();
        $quiet = new \Predis\Client(['scheme' => 'unix', 'path' => $server->socket], ['exceptions' => false]);
        $quiet->config('SET', 'min-replicas-to-write', '1');
        $this->assertUnavailable(new RedisReplayStore($quiet));
        $loud = new \Predis\Client(['scheme' => 'unix', 'path' => $server->socket]);
        $this->assertUnavailable(new RedisReplayStore($loud));
        $client = new \Redis();
        $client->connect($server->socket);
        $this->assertUnavailable(new RedisReplayStore($client));
    }

    /** @return iterable<string, array{ReplayStore}> */
    public function broken(): iterable
    {
        $full = new MemoryReplayStore(1);
        $full->add('other', 1_000);
        yield 'full memory' => [$full];
        yield 'a folder that is not there' => [new FileReplayStore('/nowhere/keys')];
        $damaged = self::temporary();
        \file_put_contents($damaged, '{');
        yield 'a damaged file' => [new FileReplayStore($damaged)];
        \chmod($damaged, 0600);
        $full = self::temporary();
        (new FileReplayStore($full))->add('other', 1_000);
        yield 'a full file' => [new FileReplayStore($full, 1)];
        $emptied = self::temporary();
        \touch($emptied);
        \chmod($emptied, 0600);
        foreach (['"soon"', '"5 committe"', '" committed"', '"05 committed"', '"9e9 committed"', 'null', 'true', '1.5', '[]'] as $kept) {
            $other = self::temporary();
            \file_put_contents($other, "{\"1\":$kept}");
            \chmod($other, 0600);
            yield "a file with $kept" => [new FileReplayStore($other)];
        }
        yield 'a file that was emptied' => [new FileReplayStore($emptied)];
        $others = self::temporary();
        \file_put_contents($others, '{}');
        \chmod($others, 0666);
        yield 'a file that others can write' => [new FileReplayStore($others)];
        $predis = new \Predis\Client(['scheme' => 'unix', 'path' => '/nowhere/redis']);
        yield 'no Redis' => [new RedisReplayStore($predis)];
    }
}
