<?php

declare(strict_types=1);

namespace Countermark\Store;

use Countermark\Error\CountermarkException;
use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;

/**
 * Takes keys of a store, and turns its answers into errors of the table.
 *
 * @internal
 */
final class Once
{
    public function __construct(private readonly ReplayStore $store)
    {
    }

    /** @throws CountermarkExceptionInterface `$taken`, TIMESTAMP_TOO_OLD, STORE_UNAVAILABLE */
    public function reserve(string $key, int $untilMs, int $nowMs, ErrorCode $taken): void
    {
        // A store keeps no key whose time is over, so a second copy would find none.
        if ($untilMs < $nowMs) {
            throw CountermarkException::of(ErrorCode::TimestampTooOld);
        }
        // `$untilMs` is the last moment, so one more is needed; stores count whole seconds.
        $this->take($key, \intdiv($untilMs - $nowMs, 1000) + 1, $taken);
    }

    /** @throws CountermarkExceptionInterface `$taken`, STORE_UNAVAILABLE */
    public function take(string $key, int $ttlSeconds, ErrorCode $taken): void
    {
        if (!$this->asked(fn (): bool => $this->store->add($key, $ttlSeconds))) {
            throw CountermarkException::of($taken);
        }
    }

    /**
     * The work of a key is done; if the store cannot be reached, the key stays taken as it is.
     *
     * @throws CountermarkExceptionInterface STORE_UNAVAILABLE
     */
    public function commit(string $key): void
    {
        $this->asked(fn (): bool => $this->store->commit($key));
    }

    /** @throws CountermarkExceptionInterface STORE_UNAVAILABLE */
    public function isCommitted(string $key): bool
    {
        return $this->asked(fn (): bool => $this->store->isCommitted($key));
    }

    /**
     * Frees a key; if the store cannot be reached, it is free after its time.
     *
     * @throws CountermarkExceptionInterface STORE_UNAVAILABLE
     */
    public function free(string $key): void
    {
        $this->asked(function () use ($key): bool {
            $this->store->remove($key);
            return true;
        });
    }

    /** @param \Closure(): bool $question */
    private function asked(\Closure $question): bool
    {
        try {
            return $question();
        } catch (CountermarkExceptionInterface $refused) {
            throw $refused;
        } catch (\Throwable $broken) {
            throw CountermarkException::of(ErrorCode::StoreUnavailable, '', $broken);
        }
    }
}
