<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Psr\SimpleCache\CacheInterface;
use Psr\SimpleCache\InvalidArgumentException;

/** The smallest PSR-16 cache: it takes no other names than those that every cache must take. */
final class ArrayCache implements CacheInterface
{
    /** @var array<string, mixed> */
    private array $values = [];

    /** @var array<string, ?int> how long each was to be kept */
    public array $ttls = [];

    public function get($key, $default = null): mixed
    {
        return $this->values[$key] ?? $default;
    }

    public function set($key, $value, $ttl = null): bool
    {
        self::check($key);
        $this->values[$key] = $value;
        $this->ttls[$key] = $ttl;
        return true;
    }

    public function delete($key): bool
    {
        self::check($key);
        unset($this->values[$key]);
        return true;
    }

    public function clear(): bool
    {
        $this->values = [];
        return true;
    }

    public function getMultiple($keys, $default = null): iterable
    {
        foreach ($keys as $key) {
            yield $key => $this->get($key, $default);
        }
    }

    public function setMultiple($values, $ttl = null): bool
    {
        foreach ($values as $key => $value) {
            $this->set($key, $value);
        }
        return true;
    }

    public function deleteMultiple($keys): bool
    {
        foreach ($keys as $key) {
            $this->delete($key);
        }
        return true;
    }

    public function has($key): bool
    {
        self::check($key);
        return isset($this->values[$key]);
    }

    private static function check(string $key): void
    {
        if (\preg_match('/^[A-Za-z0-9_.]{1,64}$/D', $key) !== 1) {
            throw new class ($key) extends \InvalidArgumentException implements InvalidArgumentException {
            };
        }
    }
}
