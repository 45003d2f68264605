<?php

declare(strict_types=1);

namespace Countermark\Store;

use Countermark\Clock;
use Countermark\Error\CountermarkException;
use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Psr\SimpleCache\CacheInterface;

/**
 * Any PSR-16 cache. **Not atomic**: PSR-16 has no `add`, so two requests that arrive at the same moment may both pass, and a
 * cache may forget a key before its time. It stops a link from the history, not an attacker who sends twice at once, and
 * `LoginClient` does not take it. Use Redis, APCu or the files of `FileReplayStore` wherever there is a choice.
 */
final class NonAtomicCacheStore implements ReplayStore
{
    /** Of the names of PSR-16, which has 64 characters, those that a hash of 192 bits leaves. */
    private const PREFIX = '/^[A-Za-z0-9_.]{0,16}$/D';

    private const COMMITTED = 'committed';

    private readonly Taken $taken;

    /**
     * @param string $prefix at most 16 letters, digits, `_` and `.`
     * @throws CountermarkExceptionInterface INVALID_CONFIG
     */
    public function __construct(
        private readonly CacheInterface $cache,
        private readonly string $prefix = 'countermark.',
    ) {
        if (\preg_match(self::PREFIX, $prefix) !== 1) {
            throw CountermarkException::of(ErrorCode::InvalidConfig, 'prefix');
        }
        $this->taken = new Taken();
    }

    public function add(string $key, int $ttlSeconds): bool
    {
        $name = $this->name($key);
        if ($this->cache->has($name)) {
            return false;
        }
        // PSR-16 does not tell how long a key is still kept, so its value does. What is random makes it this call's.
        $value = Clock::later((new Clock())->nowMs(), $ttlSeconds) . ' ' . \bin2hex(\random_bytes(16));
        try {
            $this->set($name, $value, $ttlSeconds);
        } catch (\Throwable $failed) {
            $this->forget($name, $value);
            throw $failed;
        }
        $this->taken->keep($name, $value);
        return true;
    }

    public function commit(string $key): bool
    {
        $name = $this->name($key);
        $this->taken->take($name);
        $kept = $this->cache->get($name);
        // Older versions kept the number alone.
        $untilMs = \is_string($kept) || \is_int($kept) ? (int) $kept : 0;
        $nowMs = (new Clock())->nowMs();
        if ($untilMs < $nowMs) {
            return $kept === self::COMMITTED;
        }
        $this->set($name, self::COMMITTED, \intdiv($untilMs - $nowMs, 1000) + 1);
        return true;
    }

    public function isCommitted(string $key): bool
    {
        return $this->cache->get($this->name($key)) === self::COMMITTED;
    }

    public function remove(string $key): void
    {
        $name = $this->name($key);
        $value = $this->taken->take($name);
        try {
            if (!$this->isCommitted($key)) {
                $this->delete($name);
            }
        } catch (\Throwable $failed) {
            if ($value === null || !Again::isDone(fn () => $this->giveBack($name, $value))) {
                throw $failed;
            }
        }
    }

    /** What was set though its answer got lost would be nobody's, and every retry of the sender refused. */
    private function forget(string $name, string $value): void
    {
        // Once: where the cache is out of reach, every message comes here.
        try {
            if ($this->cache->get($name) === $value) {
                $this->cache->delete($name);
            }
        } catch (\Throwable) {
            // It is free after its time.
        }
    }

    /** Not the key that another has taken since. A cache that is out of reach may say that there is none. */
    private function giveBack(string $name, string $value): void
    {
        if (\in_array($this->cache->get($name), [null, $value], true)) {
            $this->delete($name);
        }
    }

    private function delete(string $name): void
    {
        // Some caches say so of a key that is gone, too; but what is away says that nothing is there, and then the key would stay.
        if (!$this->cache->delete($name)) {
            throw CountermarkException::of(ErrorCode::StoreUnavailable, 'cache');
        }
    }

    private function set(string $name, string $value, int $ttlSeconds): void
    {
        if (!$this->cache->set($name, $value, $ttlSeconds)) {
            throw CountermarkException::of(ErrorCode::StoreUnavailable, 'cache');
        }
    }

    private function name(string $key): string
    {
        return $this->prefix . \substr(\hash('sha256', $key), 0, 48);
    }
}
