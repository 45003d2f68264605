<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Adapter\FixedClock;
use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Store\ApcuReplayStore;
use Countermark\Store\FileReplayStore;
use Countermark\Store\NonAtomicCacheStore;
use Countermark\Store\Once;
use Countermark\Store\RedisReplayStore;
use Countermark\Store\ReplayStore;
use PHPUnit\Framework\TestCase;

/** What stores know of work that is done, so that a copy is answered and not refused. */
final class CommittedTest extends TestCase
{
    use Stores;

    /**
     * @dataProvider stores
     * @param \Closure(): ReplayStore $open
     */
    public function testWhatIsDoneStaysTaken(\Closure $open): void
    {
        $store = $open();
        self::assertSame([false, false], [$store->isCommitted('1'), $store->commit('1')], 'nobody holds it');
        self::assertTrue($store->add('1', 60));
        self::assertTrue($store->add('2', 60));
        self::assertFalse($store->isCommitted('1'));
        self::assertTrue($store->commit('1'));
        self::assertSame([true, false], [$store->isCommitted('1'), $store->isCommitted('2')]);
        self::assertTrue($store->commit('1'));
        $store->remove('1');
        self::assertSame([true, false], [$store->isCommitted('1'), $store->add('1', 60)]);
        $store->remove('2');
        self::assertSame([false, false, true], [$store->commit('2'), $store->isCommitted('2'), $store->add('2', 60)]);
        self::assertFalse($store->isCommitted('2'), 'it is another message\'s work');
    }

    /** A key that lived on, or ended sooner, once its work is done would refuse what is new, or let a replay pass. */
    public function testWhatIsDoneKeepsItsTime(): void
    {
        $path = self::temporary();
        $at = static fn (int $ms): FileReplayStore => new FileReplayStore($path, clock: new FixedClock($ms));
        self::assertTrue($at(0)->add('1', 10));
        self::assertTrue($at(9_000)->commit('1'));
        self::assertSame([true, false], [$at(10_000)->isCommitted('1'), $at(10_000)->add('1', 10)]);
        self::assertSame([false, false], [$at(10_001)->isCommitted('1'), $at(10_001)->commit('1')]);
        self::assertSame([true, false], [$at(10_001)->add('1', 10), $at(10_001)->isCommitted('1')]);

        $apcu = new ApcuReplayStore($name = \bin2hex(\random_bytes(8)));
        $apcu->add('1', 50);
        $before = \apcu_key_info($name . '1');
        $apcu->commit('1');
        $after = \apcu_key_info($name . '1');
        self::assertSame([50, $before['creation_time'] ?? null], [$after['ttl'] ?? null, $after['creation_time'] ?? null]);

        $redis = self::phpredis();
        $store = new RedisReplayStore($redis, 'time');
        $store->add('1', 50);
        $redis->expire('time1', 20);
        $store->commit('1');
        self::assertEqualsWithDelta(20, $redis->ttl('time1'), 2);

        $cache = new ArrayCache();
        $store = new NonAtomicCacheStore($cache);
        $store->add('1', 50);
        [$name] = \array_keys($cache->ttls);
        $store->commit('1');
        self::assertEqualsWithDelta(50, $cache->ttls[$name], 2);
        // Its time is over, and the cache has not seen to it yet.
        $cache->set($name, (\time() - 1) * 1000);
        self::assertFalse($store->commit('1'));
        $cache->set($name, \time() * 1000 + 10_900);
        self::assertTrue($store->commit('1'));
        self::assertEqualsWithDelta(11, $cache->ttls[$name], 1, 'whole seconds, and not one too few');
    }

    /** Written before stores knew what is done. */
    public function testWhatAnOlderReleaseWroteIsTaken(): void
    {
        $path = self::temporary();
        \file_put_contents($path, \json_encode(['1' => (\time() + 60) * 1000, 'a' => (\time() + 60) * 1000]));
        \chmod($path, 0600);
        $file = new FileReplayStore($path);

        \apcu_store(($name = \bin2hex(\random_bytes(8))) . '1', 1, 60);
        $apcu = new ApcuReplayStore($name);
        foreach ([$file, $apcu] as $store) {
            self::assertSame([false, false], [$store->isCommitted('1'), $store->add('1', 60)]);
            self::assertTrue($store->commit('1'));
            self::assertTrue($store->isCommitted('1'));
        }
        $file->remove('a');
        self::assertTrue($file->add('a', 60));

        // Of a key in a cache, it does not say how long it is kept: a copy is refused.
        $cache = new ArrayCache();
        $store = new NonAtomicCacheStore($cache);
        $store->add('1', 60);
        $cache->set(\array_keys($cache->ttls)[0], 1, 60);
        self::assertSame([false, false, false], [$store->commit('1'), $store->isCommitted('1'), $store->add('1', 60)]);
    }

    /** One Redis may serve several languages, and a client of PHP may have a form of its own for values, and a prefix for keys. */
    public function testInRedisAllHaveTheSameForm(): void
    {
        $plain = self::phpredis();
        foreach ([\Redis::SERIALIZER_NONE, \Redis::SERIALIZER_PHP, \Redis::SERIALIZER_IGBINARY, \Redis::SERIALIZER_JSON] as $form) {
            $client = self::phpredis();
            $client->setOption(\Redis::OPT_SERIALIZER, $form);
            $client->setOption(\Redis::OPT_PREFIX, "site $form:");
            $store = new RedisReplayStore($client, 'form:');
            self::assertTrue($store->add('1', 60));
            self::assertSame([true, true], [$store->commit('1'), $store->isCommitted('1')]);
            self::assertSame('committed', $plain->get("site $form:form:1"));
            self::assertTrue($store->add('2', 60));
            $plain->set("site $form:form:2", 'committed');
            self::assertTrue($store->isCommitted('2'));
            $store->remove('2');
            self::assertFalse($store->add('2', 60));
        }
    }

    /** @dataProvider clients */
    public function testAServerThatMayNotWriteIsOutOfReach(\Closure $open): void
    {
        $server = RedisServer::start();
        $client = $open($server->socket);
        $once = new Once(new RedisReplayStore($client));
        $once->take('1', 60, ErrorCode::Replayed);
        $other = new \Redis();
        $other->connect($server->socket);
        $other->config('SET', 'min-replicas-to-write', '1');
        self::assertUnavailable(static fn () => $once->commit('1'));
        self::assertUnavailable(static fn () => $once->free('1'));
        $other->config('SET', 'min-replicas-to-write', '0');
        self::assertFalse($once->isCommitted('1'));
        $once->commit('1');
        self::assertTrue($once->isCommitted('1'));
        unset($server);
        self::assertUnavailable(static fn () => $once->isCommitted('1'));
    }

    /** @return iterable<string, array{\Closure(string): object}> */
    public function clients(): iterable
    {
        yield 'phpredis' => [static function (string $socket): \Redis {
            $client = new \Redis();
            $client->connect($socket);
            return $client;
        }];
        yield 'Predis' => [static fn (string $socket) => new \Predis\Client(['scheme' => 'unix', 'path' => $socket])];
        yield 'Predis without exceptions' => [static fn (string $socket) => new \Predis\Client(['scheme' => 'unix', 'path' => $socket], ['exceptions' => false])];
    }

    /** Within a transaction or a pipeline, phpredis answers with itself, which is no yes. */
    public function testAClientThatOnlyQueuesKnowsNothing(): void
    {
        foreach ([\Redis::MULTI, \Redis::PIPELINE] as $mode) {
            $client = self::phpredis();
            $once = new Once(new RedisReplayStore($client->multi($mode)));
            self::assertUnavailable(static fn () => $once->commit('1'));
            self::assertUnavailable(static fn () => $once->isCommitted('1'));
            $client->discard();
        }
    }

    private static function assertUnavailable(\Closure $call): void
    {
        try {
            $call();
            self::fail('a store that is away');
        } catch (CountermarkExceptionInterface $refused) {
            self::assertSame(ErrorCode::StoreUnavailable, $refused->errorCode(), (string) $refused);
        }
    }
}
