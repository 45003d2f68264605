<?php

declare(strict_types=1);

namespace Countermark\Store;

use Countermark\Clock;
use Countermark\Error\CountermarkException;
use Countermark\Error\ErrorCode;
use Psr\Clock\ClockInterface;

/**
 * One file for all keys of one machine, under a lock: for sites without APCu and Redis. Meant for logins, not for a flood of webhooks:
 * every call reads the file. The rules are those of `MemoryReplayStore`; the file only carries its keys from one process to the next.
 * It is replaced as a whole, so that a process that dies on the way leaves the old one. Where a clock ran far ahead for a while, keys are
 * refused as TIMESTAMP_TOO_OLD until it is that time: delete the file.
 */
final class FileReplayStore implements ReplayStore
{
    /** What stands behind the time of a key whose work is done. A key with its time alone, as a number, is taken. */
    private const COMMITTED = ' committed';

    /** Under no key: the latest end of any key that was forgotten. After the clock was set back, an older message could be a replay. */
    private const FORGOTTEN = '';

    private readonly Clock $clock;

    private readonly ?ClockInterface $ticks;

    /**
     * @param string $path a file in a folder where nobody else can write; its lock is the file beside it, with `.lock`
     * @param ?int $capacity number of keys; without it, the library's default
     */
    public function __construct(
        private readonly string $path,
        private readonly ?int $capacity = null,
        ?ClockInterface $clock = null,
    ) {
        $this->ticks = $clock;
        $this->clock = new Clock($clock);
    }

    public function add(string $key, int $ttlSeconds): bool
    {
        return $this->locked(function (array $keys, int $nowMs) use ($key, $ttlSeconds): bool {
            $untilMs = Clock::later($nowMs, $ttlSeconds);
            if ($untilMs <= (int) ($keys[self::FORGOTTEN] ?? \PHP_INT_MIN)) {
                throw CountermarkException::of(ErrorCode::TimestampTooOld);
            }
            $memory = new MemoryReplayStore($this->capacity, $this->ticks);
            foreach (\array_diff_key($keys, [self::FORGOTTEN => 0]) as $taken => $kept) {
                $memory->reserve((string) $taken, (int) $kept, $nowMs);
            }
            return $memory->add($key, $ttlSeconds) && $this->write($keys + [$key => $untilMs]);
        });
    }

    public function commit(string $key): bool
    {
        return $this->locked(function (array $keys) use ($key): bool {
            return isset($keys[$key]) && $this->write([$key => (int) $keys[$key] . self::COMMITTED] + $keys);
        });
    }

    public function isCommitted(string $key): bool
    {
        return $this->locked(static fn (array $keys): bool => \is_string($keys[$key] ?? null));
    }

    public function remove(string $key): void
    {
        $this->locked(function (array $keys) use ($key): bool {
            return \is_int($keys[$key] ?? null) && $this->write(\array_diff_key($keys, [$key => 0]));
        });
    }

    /** @param \Closure(array<int|string, int|string>, int): bool $step gets what is kept of each key whose time is not over, and `FORGOTTEN` */
    private function locked(\Closure $step): bool
    {
        \error_clear_last();
        $lock = $this->open("$this->path.lock", 'c');
        try {
            if (!\flock($lock, \LOCK_EX)) {
                throw $this->unavailable();
            }
            $nowMs = $this->clock->nowMs();
            $keys = $this->read();
            $held = \array_filter($keys, static fn (int|string $kept): bool => (int) $kept >= $nowMs);
            $over = \array_map(\intval(...), \array_diff_key($keys, $held));
            // If it has not passed itself, it is later than all of these.
            return $step($held + ($over === [] ? [] : [self::FORGOTTEN => \max($over)]), $nowMs);
        } finally {
            \fclose($lock);
        }
    }

    /** @return array<int|string, int|string> */
    private function read(): array
    {
        if (!\file_exists($this->path)) {
            return [];
        }
        $file = $this->open($this->path, 'r');
        try {
            $keys = \json_decode((string) \stream_get_contents($file), true, 2, \JSON_THROW_ON_ERROR);
        } catch (\JsonException $damaged) {
            // Starting again with an empty memory would let every replay pass.
            throw $this->unavailable($damaged);
        } finally {
            \fclose($file);
        }
        $read = [];
        foreach (\is_array($keys) ? $keys : [null] as $key => $kept) {
            if (!\is_int($kept) && (!\is_string($kept) || $kept !== (int) $kept . self::COMMITTED)) {
                throw $this->unavailable();
            }
            $read[$key] = $kept;
        }
        return $read;
    }

    /**
     * @param array<int|string, int|string> $keys
     * @return true
     */
    private function write(array $keys): bool
    {
        $text = \json_encode((object) $keys, \JSON_THROW_ON_ERROR);
        $new = "$this->path.new";
        $file = $this->open($new, 'w');
        $written = @\fwrite($file, $text) === \strlen($text) && @\fsync($file);
        if (!\fclose($file) || !$written || !@\rename($new, $this->path)) {
            throw $this->unavailable();
        }
        return true;
    }

    /**
     * Opens a file that nobody else can read or write. What somebody else has put there, such as in a folder for all, is not ours.
     *
     * @return resource
     */
    private function open(string $path, string $mode)
    {
        $mask = \umask(0077);
        $file = @\fopen($path, $mode);
        \umask($mask);
        if ($file === false) {
            throw $this->unavailable();
        }
        if (\PHP_OS_FAMILY !== 'Windows' && ((\fstat($file) ?: ['mode' => 0077])['mode'] & 0077) !== 0) {
            \fclose($file);
            throw $this->unavailable();
        }
        return $file;
    }

    /** With the reason that PHP gives, where it gives one. */
    private function unavailable(?\Throwable $reason = null): CountermarkException
    {
        $last = $reason === null ? \error_get_last() : null;
        return CountermarkException::of(ErrorCode::StoreUnavailable, $this->path, $reason ?? ($last === null ? null : new \ErrorException($last['message'])));
    }
}
