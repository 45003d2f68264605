<?php

declare(strict_types=1);

namespace Countermark\Store;

use Countermark\Error\CountermarkException;
use Countermark\Error\ErrorCode;

/** Redis, for services on several machines: `SET key 1 NX EX ttl`. Takes a connected client of phpredis or of Predis. */
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
            return $answer !== null && (string) $answer === 'OK';
        }
        $this->redis->clearLastError();
        if ($this->redis->set($name, '1', ['nx', 'ex' => $ttlSeconds])) {
            return true;
        }
        // False is also phpredis' answer to an error of the server, such as a replica that may not write.
        if ($this->redis->getLastError() !== null) {
            throw CountermarkException::of(ErrorCode::StoreUnavailable, 'Redis');
        }
        return false;
    }

    public function remove(string $key): void
    {
        $this->redis->del($this->prefix . $key);
    }
}
