<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Store\ApcuReplayStore;
use Countermark\Store\FileReplayStore;
use Countermark\Store\MemoryReplayStore;
use Countermark\Store\NonAtomicCacheStore;
use Countermark\Store\RedisReplayStore;
use Countermark\Store\ReplayStore;

/** Every store, each new for each test, with the servers that they need. */
trait Stores
{
    private static ?RedisServer $redis = null;

    /** @var ?array{RedisServer, string} */
    private static ?array $cluster = null;

    public static function tearDownAfterClass(): void
    {
        self::$redis = self::$cluster = null;
    }

    /** @return iterable<string, array{\Closure(): ReplayStore}> */
    public function stores(): iterable
    {
        yield 'memory' => [static fn (): ReplayStore => new MemoryReplayStore()];
        yield from $this->atomicStores();
        yield 'PSR-16' => [static fn (): ReplayStore => new NonAtomicCacheStore(new ArrayCache())];
    }

    /** @return iterable<string, array{\Closure(): ReplayStore}> */
    public function atomicStores(): iterable
    {
        $run = \bin2hex(\random_bytes(8));
        yield 'file' => [static function () use ($run): ReplayStore {
            return new FileReplayStore(self::temporary($run . self::current()));
        }];
        yield 'APCu' => [static fn (): ReplayStore => new ApcuReplayStore($run . self::current())];
        yield 'phpredis' => [static function () use ($run): ReplayStore {
            return new RedisReplayStore(self::phpredis(), 'phpredis' . $run . self::current());
        }];
        yield 'Predis' => [static function () use ($run): ReplayStore {
            $client = new \Predis\Client(['scheme' => 'unix', 'path' => self::redis()->socket]);
            return new RedisReplayStore($client, 'predis' . $run . self::current());
        }];
        yield 'RedisCluster' => [static function () use ($run): ReplayStore {
            self::$cluster ??= RedisServer::startCluster();
            return new RedisReplayStore(new \RedisCluster(null, [self::$cluster[1]]), 'cluster' . $run . self::current());
        }];
    }

    private static string $current = '';

    protected function setUp(): void
    {
        self::$current = $this->getName(false);
    }

    private static function current(): string
    {
        return self::$current;
    }

    private static function phpredis(): \Redis
    {
        $client = new \Redis();
        $client->connect(self::redis()->socket);
        return $client;
    }

    private static function redis(): RedisServer
    {
        return self::$redis ??= RedisServer::start();
    }

    private static function temporary(string $name = ''): string
    {
        $path = \sys_get_temp_dir() . '/countermark-' . ($name === '' ? \bin2hex(\random_bytes(8)) : $name);
        \register_shutdown_function(static fn (): array => \array_map(static fn (string $end): bool => @\unlink($path . $end), ['', '.lock', '.new']));
        return $path;
    }
}
