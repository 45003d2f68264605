<?php

declare(strict_types=1);

namespace Countermark\Store;

use Countermark\Clock;
use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Handle;
use Countermark\Native;
use Psr\Clock\ClockInterface;

/**
 * The memory of this process, bounded. For long-running workers and commands: under php-fpm it ends with the request, and
 * sees nothing of other processes.
 */
final class MemoryReplayStore implements ReplayStore
{
    private readonly Handle $handle;

    private readonly Clock $clock;

    /**
     * @param ?int $capacity number of keys; without it, the library's default
     * @throws CountermarkExceptionInterface INVALID_CONFIG
     */
    public function __construct(?int $capacity = null, ?ClockInterface $clock = null)
    {
        $this->handle = Native::library()->replayMemoryNew($capacity);
        $this->clock = new Clock($clock);
    }

    public function add(string $key, int $ttlSeconds): bool
    {
        $nowMs = $this->clock->nowMs();
        try {
            $this->reserve($key, Clock::later($nowMs, $ttlSeconds), $nowMs);
            return true;
        } catch (CountermarkExceptionInterface $refused) {
            if ($refused->errorCode() === ErrorCode::Replayed) {
                return false;
            }
            throw $refused;
        }
    }

    public function remove(string $key): void
    {
        $this->release($key);
    }

    /**
     * Takes a key until `$untilMs` (inclusive), if nobody holds it.
     *
     * @throws CountermarkExceptionInterface REPLAYED, TIMESTAMP_TOO_OLD, STORE_UNAVAILABLE, INVALID_INPUT
     */
    public function reserve(string $key, int $untilMs, int $nowMs): void
    {
        Native::library()->replayMemoryReserve($this->handle, $key, $untilMs, $nowMs);
    }

    /**
     * Keeps a key to the end of its time. False when it is not held.
     *
     * @throws CountermarkExceptionInterface INVALID_INPUT, STORE_UNAVAILABLE
     */
    public function commit(string $key): bool
    {
        return Native::library()->replayMemoryCommit($this->handle, $key);
    }

    /**
     * Whether the work of a key is done.
     *
     * @throws CountermarkExceptionInterface INVALID_INPUT, STORE_UNAVAILABLE
     */
    public function isCommitted(string $key): bool
    {
        return Native::library()->replayMemoryIsCommitted($this->handle, $key);
    }

    /**
     * Frees a key that is taken and not committed. False when there is none.
     *
     * @throws CountermarkExceptionInterface INVALID_INPUT, STORE_UNAVAILABLE
     */
    public function release(string $key): bool
    {
        return Native::library()->replayMemoryRelease($this->handle, $key);
    }

    /** How many keys are held, for monitoring. */
    public function size(): int
    {
        return Native::library()->replayMemorySize($this->handle);
    }
}
