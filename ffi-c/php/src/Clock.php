<?php

declare(strict_types=1);

namespace Countermark;

use Countermark\Error\CountermarkException;
use Countermark\Error\ErrorCode;
use Psr\Clock\ClockInterface;

/**
 * The time in Unix milliseconds, by a PSR-20 clock or the system's.
 *
 * @internal
 */
final class Clock
{
    /** Later, or as long before 1970, an int holds no milliseconds: PHP would go on with a float. */
    private const LAST_SECOND = 9_223_372_036_854_774;

    public function __construct(private readonly ?ClockInterface $clock = null)
    {
    }

    public function nowMs(): int
    {
        if ($this->clock === null) {
            return (int) (\microtime(true) * 1000);
        }
        $now = $this->clock->now();
        $seconds = $now->getTimestamp();
        if ($seconds > self::LAST_SECOND || $seconds < -self::LAST_SECOND) {
            throw CountermarkException::of(ErrorCode::InvalidInput, 'clock');
        }
        // Before 1970 the seconds are negative, and the milliseconds still count up.
        return 1000 * $seconds + (int) $now->format('v');
    }

    /** So many seconds later, or the end of all times that an int can hold. */
    public static function later(int $nowMs, int $seconds): int
    {
        $spanMs = 1000 * \max(-self::LAST_SECOND, \min($seconds, self::LAST_SECOND));
        return $spanMs > 0
            ? $nowMs + \min($spanMs, \PHP_INT_MAX - \max($nowMs, 0))
            : $nowMs + \max($spanMs, \PHP_INT_MIN - \min($nowMs, 0));
    }

    public function sleepUntil(int $untilMs): void
    {
        while (($restMs = $untilMs - $this->nowMs()) > 0) {
            \usleep(1000 * \min($restMs, 60_000));
        }
    }
}
