<?php

declare(strict_types=1);

namespace Countermark\Store;

/**
 * The keys that this process has taken and not yet settled, with their values: a key of another value is somebody else's.
 *
 * @internal
 */
final class Taken
{
    /** Those of links are never settled, and workers live long. */
    private const KEYS_MAX = 10_000;

    /** @var array<array-key, string> */
    private array $values = [];

    public function keep(string $name, string $value): void
    {
        $this->values[$name] = $value;
        if (\count($this->values) > self::KEYS_MAX) {
            unset($this->values[\array_key_first($this->values)]);
        }
    }

    public function take(string $name): string|null
    {
        $value = $this->values[$name] ?? null;
        unset($this->values[$name]);
        return $value;
    }

    /** @return array<string, int> */
    public function __debugInfo(): array
    {
        return ['keys' => \count($this->values)];
    }
}
