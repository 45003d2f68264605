<?php

declare(strict_types=1);

namespace Countermark\Store;

use Countermark\Error\CountermarkException;
use Countermark\Error\ErrorCode;

/**
 * Redis, for services on several machines: `SET key 1 NX EX ttl`. Takes a connected client of phpredis or of
 * Predis that is in no transaction. A Redis that evicts (`maxmemory-policy` other than `noeviction`) forgets keys before their time.
 */
final class RedisReplayStore implements ReplayStore
{
    /** @param \Redis|\RedisCluster|\Predis\ClientInterface $redis */
    public function __construct(
        private readonly object $redis,
        private readonly string $prefix = 'countermark:',
    ) {
    }

    public function add(string $key, int $ttlSeconds): bool
    {
        $name = $this->prefix . $key;
        if ($this->redis instanceof \Predis\ClientInterface) {
            $answer = $this->redis->set($name, '1', 'EX', $ttlSeconds, 'NX');
            $added = (string) $answer === 'OK';
            $failed = !$added && $answer !== null;
        } else {
            $this->redis->clearLastError();
            $added = $this->redis->set($name, '1', ['nx', 'ex' => $ttlSeconds]);
            // False is also phpredis' answer to an error of the server, such as a replica that may not write.
            $failed = $this->redis->getLastError() !== null;
        }
        // What is neither is no answer yet: that of a client within a transaction or a pipeline.
        if ($failed || !\is_bool($added)) {
            throw CountermarkException::of(ErrorCode::StoreUnavailable, 'Redis');
        }
        return $added;
    }

    public function remove(string $key): void
    {
        $this->redis->del($this->prefix . $key);
    }
}
