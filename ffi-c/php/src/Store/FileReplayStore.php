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
 * It is replaced as a whole, so that a process that dies on the way leaves the old one.
 */
final class FileReplayStore implements ReplayStore
{
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
        return $this->change(function (array $keys, int $nowMs) use ($key, $ttlSeconds): ?array {
            $memory = new MemoryReplayStore($this->capacity, $this->ticks);
            foreach ($keys as $taken => $untilMs) {
                $memory->reserve((string) $taken, $untilMs, $nowMs);
            }
            return $memory->add($key, $ttlSeconds) ? $keys + [$key => Clock::later($nowMs, $ttlSeconds)] : null;
        });
    }

    public function remove(string $key): void
    {
        $this->change(static fn (array $keys): array => \array_diff_key($keys, [$key => 0]));
    }

    /**
     * @param \Closure(array<int|string, int>, int): ?array<int|string, int> $step null: leave it
     * @return bool whether the keys were written
     */
    private function change(\Closure $step): bool
    {
        \error_clear_last();
        $lock = $this->open("$this->path.lock", 'c');
        try {
            if (!\flock($lock, \LOCK_EX)) {
                throw $this->unavailable();
            }
            $nowMs = $this->clock->nowMs();
            $keys = $step(\array_filter($this->read(), static fn (int $untilMs): bool => $untilMs >= $nowMs), $nowMs);
            if ($keys === null) {
                return false;
            }
            $this->write(\json_encode((object) $keys, \JSON_THROW_ON_ERROR));
            return true;
        } finally {
            \fclose($lock);
        }
    }

    /** @return array<int|string, int> */
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
        $times = [];
        foreach (\is_array($keys) ? $keys : [null] as $key => $untilMs) {
            if (!\is_int($untilMs)) {
                throw $this->unavailable();
            }
            $times[$key] = $untilMs;
        }
        return $times;
    }

    private function write(string $text): void
    {
        $new = "$this->path.new";
        $file = $this->open($new, 'w');
        $written = @\fwrite($file, $text) === \strlen($text) && @\fsync($file);
        if (!\fclose($file) || !$written || !@\rename($new, $this->path)) {
            throw $this->unavailable();
        }
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
