<?php

declare(strict_types=1);

namespace Countermark\Store;

use Countermark\Clock;
use Countermark\Error\CountermarkException;
use Countermark\Error\ErrorCode;
use Psr\Clock\ClockInterface;

/**
 * One file for all keys of one machine, under a lock: for sites without APCu and Redis. Meant for logins, not for a flood
 * of webhooks: every call reads the file.
 */
final class FileReplayStore implements ReplayStore
{
    private readonly Clock $clock;

    /** @param string $path a file that only this site can write */
    public function __construct(
        private readonly string $path,
        private readonly int $capacity = 10_000,
        ?ClockInterface $clock = null,
    ) {
        $this->clock = new Clock($clock);
    }

    public function add(string $key, int $ttlSeconds): bool
    {
        return $this->change(function (array $keys) use ($key, $ttlSeconds): ?array {
            if (isset($keys[$key])) {
                return null;
            }
            if (\count($keys) >= $this->capacity) {
                throw CountermarkException::of(ErrorCode::StoreUnavailable, 'the file of used keys is full');
            }
            $keys[$key] = $this->clock->nowMs() + 1000 * $ttlSeconds;
            return $keys;
        });
    }

    public function remove(string $key): void
    {
        $this->change(static fn (array $keys): array => \array_diff_key($keys, [$key => 0]));
    }

    /**
     * @param \Closure(array<string, int>): ?array<string, int> $step null: leave it
     * @return bool whether the keys were written
     */
    private function change(\Closure $step): bool
    {
        $mask = \umask(0077);
        $file = @\fopen($this->path, 'c+');
        \umask($mask);
        if ($file === false || !\flock($file, \LOCK_EX)) {
            throw CountermarkException::of(ErrorCode::StoreUnavailable, 'the file of used keys cannot be opened');
        }
        try {
            $text = (string) \stream_get_contents($file);
            $keys = $text === '' ? [] : \json_decode($text, true);
            if (!\is_array($keys)) {
                // Starting again with an empty memory would let every replay pass.
                throw CountermarkException::of(ErrorCode::StoreUnavailable, 'the file of used keys cannot be read');
            }
            $nowMs = $this->clock->nowMs();
            $keys = $step(\array_filter($keys, static fn (int $untilMs): bool => $untilMs > $nowMs));
            if ($keys === null) {
                return false;
            }
            $text = \json_encode($keys, \JSON_THROW_ON_ERROR);
            if (!\rewind($file) || \fwrite($file, $text) !== \strlen($text) || !\ftruncate($file, \strlen($text)) || !\fflush($file)) {
                throw CountermarkException::of(ErrorCode::StoreUnavailable, 'the file of used keys cannot be written');
            }
            return true;
        } finally {
            \flock($file, \LOCK_UN);
            \fclose($file);
        }
    }
}
