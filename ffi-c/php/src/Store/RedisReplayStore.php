<?php

declare(strict_types=1);

namespace Countermark\Store;

use Countermark\Error\CountermarkException;
use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;

/**
 * Redis 6 and later, for services on several machines: `SET key random NX EX ttl`. Takes a connected client of phpredis or of
 * Predis that is in no transaction. A Redis that evicts (`maxmemory-policy` other than `noeviction`) forgets keys before their time.
 *
 * The value is random, since a client may send a command again whose reply was lost: a key with the value of this call is its own,
 * and not one that was taken before.
 *
 * A key that Redis could not free is tried again for a second: else the sender's next try would be refused for as long as it is kept.
 * A client of phpredis that could not connect again stays closed: let it try longer, by `\Redis::OPT_MAX_RETRIES` and a backoff.
 */
final class RedisReplayStore implements ReplayStore
{
    // Scripts, which Redis runs as one step. A client of PHP may write and read values in a form of its own; so they are what other languages write.

    private const COMMIT = "return redis.call('SET', KEYS[1], 'committed', 'XX', 'KEEPTTL') and 1 or 0";

    private const IS_COMMITTED = "return redis.call('GET', KEYS[1]) == 'committed' and 1 or 0";

    private const REMOVE = "local value = redis.call('GET', KEYS[1]) if value and value ~= 'committed' then return redis.call('DEL', KEYS[1]) end return 0";

    /** @var \Redis|\RedisCluster|\Predis\ClientInterface */
    private readonly object $redis;

    private readonly Taken $taken;

    /**
     * @param \Redis|\RedisCluster|\Predis\ClientInterface $redis of Laravel, `Redis::connection()->client()`
     * @throws CountermarkExceptionInterface INVALID_CONFIG for another object
     */
    public function __construct(
        object $redis,
        private readonly string $prefix = 'countermark:',
    ) {
        // What wraps a client has commands of its own, and would refuse every message as if Redis were out of reach.
        if (!$redis instanceof \Redis && !$redis instanceof \RedisCluster && !$redis instanceof \Predis\ClientInterface) {
            throw CountermarkException::of(ErrorCode::InvalidConfig, 'no client of phpredis or Predis; of a connection of Laravel, pass ->client()');
        }
        $this->redis = $redis;
        $this->taken = new Taken();
    }

    public function add(string $key, int $ttlSeconds): bool
    {
        $name = $this->prefix . $key;
        $value = \bin2hex(\random_bytes(16));
        try {
            $isTaken = $this->set($name, $value, $ttlSeconds) || $this->holds($name, $value);
        } catch (\Throwable $failed) {
            // Once: where Redis is out of reach, every message comes here.
            try {
                $this->giveBack($name, $value);
            } catch (\Throwable) {
                // It is free after its time.
            }
            throw $failed;
        }
        if ($isTaken) {
            $this->taken->keep($name, $value);
        }
        return $isTaken;
    }

    private function set(string $name, string $value, int $ttlSeconds): bool
    {
        if ($this->redis instanceof \Predis\ClientInterface) {
            $answer = $this->redis->set($name, $value, 'EX', $ttlSeconds, 'NX');
            $added = (string) $answer === 'OK';
            $failed = !$added && $answer !== null;
        } else {
            $this->redis->clearLastError();
            $added = $this->redis->set($name, $value, ['nx', 'ex' => $ttlSeconds]);
            // False is also phpredis' answer to an error of the server, such as a replica that may not write.
            $failed = $this->redis->getLastError() !== null;
        }
        // What is neither is no answer yet: that of a client within a transaction or a pipeline.
        if ($failed || !\is_bool($added)) {
            throw CountermarkException::of(ErrorCode::StoreUnavailable, 'Redis');
        }
        return $added;
    }

    /** A key that may be taken, and that nobody else would free. Later it may be another's, so this needs its value. */
    private function giveBack(string $name, string $value): void
    {
        if ($this->holds($name, $value)) {
            $this->run(self::REMOVE, $name);
        }
    }

    private function holds(string $name, string $value): bool
    {
        if ($this->redis instanceof \Predis\ClientInterface) {
            $found = $this->redis->get($name);
            $failed = $found !== null && !\is_string($found);
        } else {
            $this->redis->clearLastError();
            $found = $this->redis->get($name);
            $failed = $this->redis->getLastError() !== null;
        }
        if ($failed) {
            throw CountermarkException::of(ErrorCode::StoreUnavailable, 'Redis');
        }
        return $found === $value;
    }

    public function commit(string $key): bool
    {
        $this->taken->take($this->prefix . $key);
        return $this->run(self::COMMIT, $this->prefix . $key);
    }

    public function isCommitted(string $key): bool
    {
        return $this->run(self::IS_COMMITTED, $this->prefix . $key);
    }

    public function remove(string $key): void
    {
        $name = $this->prefix . $key;
        $value = $this->taken->take($name);
        try {
            $this->run(self::REMOVE, $name);
        } catch (\Throwable $failed) {
            if ($value === null || !Again::isDone(fn () => $this->giveBack($name, $value))) {
                throw $failed;
            }
        }
    }

    private function run(string $script, string $name): bool
    {
        if ($this->redis instanceof \Predis\ClientInterface) {
            $answer = $this->redis->eval($script, 1, $name);
        } else {
            $answer = $this->redis->eval($script, [$name], 1);
        }
        // What is no number is an error of the server, or no answer yet, as in `set`.
        if (!\is_int($answer)) {
            throw CountermarkException::of(ErrorCode::StoreUnavailable, 'Redis');
        }
        return $answer === 1;
    }
}
