<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Psr\SimpleCache\CacheException;
use Psr\SimpleCache\CacheInterface;

/** A cache that is out of reach for a while. Some say so, and others answer as if nothing were there, and delete nothing. */
final class AwayCache implements CacheInterface
{
    /** How many deletions fail from now on; until then, nothing is found either. */
    public int $failures = 0;

    /** How many keys from now on are kept, and said not to be. */
    public int $lost = 0;

    public ?\Closure $onFailure = null;

    private readonly ArrayCache $cache;

    public function __construct(private readonly bool $throws)
    {
        $this->cache = new ArrayCache();
    }

    public function get($key, $default = null): mixed
    {
        return $this->failures > 0 && !$this->throws ? $default : $this->cache->get($key, $default);
    }

    public function set($key, $value, $ttl = null): bool
    {
        $kept = $this->cache->set($key, $value, $ttl);
        return $this->lost-- > 0 ? $this->fail() : $kept;
    }

    public function delete($key): bool
    {
        if ($this->failures === 0) {
            return $this->cache->delete($key);
        }
        $this->failures--;
        if ($this->failures === 0 && $this->onFailure !== null) {
            ($this->onFailure)();
        }
        return $this->fail();
    }

    private function fail(): bool
    {
        if ($this->throws) {
            throw new class ('away') extends \RuntimeException implements CacheException {
            };
        }
        return false;
    }

    public function clear(): bool
    {
        return $this->cache->clear();
    }

    public function getMultiple($keys, $default = null): iterable
    {
        return $this->cache->getMultiple($keys, $default);
    }

    public function setMultiple($values, $ttl = null): bool
    {
        return $this->cache->setMultiple($values, $ttl);
    }

    public function deleteMultiple($keys): bool
    {
        return $this->cache->deleteMultiple($keys);
    }

    public function has($key): bool
    {
        return !($this->failures > 0 && !$this->throws) && $this->cache->has($key);
    }
}
