<?php

declare(strict_types=1);

namespace Countermark\Store;

use Countermark\Error\CountermarkException;
use Countermark\Error\ErrorCode;

/**
 * APCu: shared by the processes of one php-fpm on one machine. `apcu_add` is atomic. A restart forgets, and so does a full cache, which
 * APCu empties: give `apc.shm_size` room for all that the site keeps in it.
 */
final class ApcuReplayStore implements ReplayStore
{
    // Numbers, which are all that `apcu_cas` compares.

    private const TAKEN = 1;

    private const COMMITTED = 2;

    private const FREED = 0;

    public function __construct(private readonly string $prefix = 'countermark:')
    {
        if (!\function_exists('apcu_enabled') || !\apcu_enabled()) {
            throw CountermarkException::of(ErrorCode::InvalidConfig, 'APCu is not enabled');
        }
    }

    public function add(string $key, int $ttlSeconds): bool
    {
        if (\apcu_add($this->prefix . $key, self::TAKEN, $ttlSeconds)) {
            return true;
        }
        // False is also the answer of a full cache, which must not look like a replay.
        if (\apcu_exists($this->prefix . $key)) {
            return false;
        }
        throw CountermarkException::of(ErrorCode::StoreUnavailable, 'APCu');
    }

    public function commit(string $key): bool
    {
        // The key keeps its time.
        return \apcu_cas($this->prefix . $key, self::TAKEN, self::COMMITTED) || $this->isCommitted($key);
    }

    public function isCommitted(string $key): bool
    {
        return \apcu_fetch($this->prefix . $key) === self::COMMITTED;
    }

    public function remove(string $key): void
    {
        if (\apcu_cas($this->prefix . $key, self::TAKEN, self::FREED)) {
            \apcu_delete($this->prefix . $key);
        }
    }
}
