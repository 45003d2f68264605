<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Error\ErrorCode;
use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Store\NonAtomicCacheStore;
use Countermark\Store\Once;
use Countermark\Store\RedisReplayStore;
use PHPUnit\Framework\TestCase;

/** A store that is away when a key is given back, since the work failed: it is tried again, or the sender could not. */
final class StoreAwayTest extends TestCase
{
    private RedisServer $server;

    private string $folder;

    protected function setUp(): void
    {
        $this->folder = \sys_get_temp_dir() . '/countermark-redis-' . \bin2hex(\random_bytes(8));
        \mkdir($this->folder);
        $this->server = RedisServer::startLasting($this->folder);
    }

    protected function tearDown(): void
    {
        unset($this->server);
        foreach ([...(array) \glob("$this->folder/*/*"), ...(array) \glob("$this->folder/*.rdb")] as $file) {
            \unlink((string) $file);
        }
        \array_map(\rmdir(...), (array) \glob("$this->folder/*"));
        \rmdir($this->folder);
    }

    /** A client of phpredis that does this before its so many-th command from now. */
    private function phpredis(\Closure $then, int $at): \Redis
    {
        $client = new class ($then, $at) extends \Redis {
            public function __construct(private readonly \Closure $then, public int $at)
            {
                parent::__construct();
            }

            public function get($key): mixed
            {
                $this->count();
                return parent::get($key);
            }

            public function eval($script, $args = [], $num_keys = 0): mixed
            {
                $this->count();
                return parent::eval($script, $args, $num_keys);
            }

            private function count(): void
            {
                if (--$this->at === 0) {
                    ($this->then)();
                }
            }
        };
        // The server writes every change to a disk that others use too.
        $client->connect($this->server->socket, 0, 10, null, 0, 10);
        return $client;
    }

    private function predis(\Closure $then, int $at): \Predis\Client
    {
        return new class (['scheme' => 'unix', 'path' => $this->server->socket], $then, $at) extends \Predis\Client {
            /** @param array<string, string> $address */
            public function __construct(array $address, private readonly \Closure $then, private int $at)
            {
                parent::__construct($address);
            }

            public function executeCommand(\Predis\Command\CommandInterface $command)
            {
                if ($command->getId() !== 'SET' && --$this->at === 0) {
                    ($this->then)();
                }
                return parent::executeCommand($command);
            }
        };
    }

    /** @return iterable<string, array{string}> */
    public static function clients(): iterable
    {
        yield 'phpredis' => ['phpredis'];
        yield 'Predis' => ['predis'];
    }

    /** @return list<string> */
    private function keys(): array
    {
        $client = new \Redis();
        $client->connect($this->server->socket);
        return $client->keys('*');
    }

    public function testTheSendersNextTryIsTaken(): void
    {
        // Away for the first, and for the next that comes at once.
        $once = new Once(new RedisReplayStore($this->predis(fn () => $this->server->startAgain(), 3)));
        $once->take('1', 300, ErrorCode::Replayed);
        $this->server->stop();
        $once->free('1');
        self::assertSame([], $this->keys());
        $once->take('1', 300, ErrorCode::Replayed);
    }

    /** phpredis gives a client up that cannot connect again at once, so here the server is there and says nothing. */
    public function testTheSendersNextTryIsTakenWithPhpredis(): void
    {
        $client = $this->phpredis(function () use (&$client): void {
            $client->setOption(\Redis::OPT_READ_TIMEOUT, 10);
            $this->server->goOn();
        }, 3);
        $once = new Once(new RedisReplayStore($client));
        $once->take('1', 300, ErrorCode::Replayed);
        $client->setOption(\Redis::OPT_READ_TIMEOUT, 0.2);
        $this->server->pause();
        $once->free('1');
        self::assertSame([], $this->keys());
        $once->take('1', 300, ErrorCode::Replayed);
    }

    public function testAKeyThatAnotherHasTakenSinceStays(): void
    {
        $store = new RedisReplayStore($this->predis(function (): void {
            $this->server->startAgain();
            $other = new \Redis();
            $other->connect($this->server->socket);
            $other->set('countermark:1', "another's");
        }, 3));
        self::assertTrue($store->add('1', 300));
        $this->server->stop();
        $store->remove('1');
        self::assertSame(['countermark:1'], $this->keys());
    }

    /** @dataProvider clients */
    public function testAServerThatStaysAwayIsToldOf(string $client): void
    {
        $store = new RedisReplayStore($this->$client(static fn () => null, 0));
        self::assertTrue($store->add('1', 300));
        self::assertTrue($store->commit('1'));
        self::assertTrue($store->add('2', 300));
        $this->server->stop();
        foreach (['1', '2', 'never taken'] as $key) {
            try {
                (new Once($store))->free($key);
                self::fail($key);
            } catch (CountermarkExceptionInterface $failed) {
                self::assertSame(ErrorCode::StoreUnavailable, $failed->errorCode());
            }
        }
        $this->server->startAgain();
        self::assertSame(['countermark:1', 'countermark:2'], \array_values($this->sorted()));
        self::assertTrue((new RedisReplayStore($this->$client(static fn () => null, 0)))->isCommitted('1'));
    }

    /** @return list<string> */
    private function sorted(): array
    {
        $keys = $this->keys();
        \sort($keys);
        return $keys;
    }

    /** @dataProvider ways */
    public function testACacheThatIsAwayForAMoment(bool $throws): void
    {
        $cache = new AwayCache($throws);
        $store = new NonAtomicCacheStore($cache);
        self::assertTrue($store->add('1', 300));
        self::assertTrue($store->add('2', 300));
        self::assertTrue($store->commit('2'));
        $cache->failures = 2;
        $store->remove('1');
        self::assertTrue($store->add('1', 300), 'free again');
        self::assertTrue($store->isCommitted('2'));
        // One that stays away.
        $cache->failures = \PHP_INT_MAX;
        try {
            (new Once($store))->free('1');
            self::fail('away');
        } catch (CountermarkExceptionInterface $failed) {
            self::assertSame(ErrorCode::StoreUnavailable, $failed->errorCode());
        }
        $cache->failures = 0;
        self::assertFalse($store->add('1', 300));
    }

    /** @dataProvider ways */
    public function testACacheThatLosesItsAnswerToAKeyKeepsNone(bool $throws): void
    {
        $cache = new AwayCache($throws);
        $once = new Once(new NonAtomicCacheStore($cache));
        $cache->lost = 1;
        try {
            $once->take('1', 300, ErrorCode::Replayed);
            self::fail('it said no');
        } catch (CountermarkExceptionInterface $failed) {
            self::assertSame(ErrorCode::StoreUnavailable, $failed->errorCode());
        }
        $once->take('1', 300, ErrorCode::Replayed);
    }

    /** @return iterable<string, array{bool}> */
    public static function ways(): iterable
    {
        yield 'it throws' => [true];
        yield 'it says false' => [false];
    }

    public function testAKeyOfACacheThatAnotherHasTakenSinceStays(): void
    {
        $cache = new AwayCache(false);
        $store = new NonAtomicCacheStore($cache);
        self::assertTrue($store->add('1', 300));
        $cache->failures = 1;
        $cache->onFailure = static function () use ($cache): void {
            $cache->clear();
            (new NonAtomicCacheStore($cache))->add('1', 900);
        };
        $store->remove('1');
        self::assertFalse($store->add('1', 300));
    }
}
