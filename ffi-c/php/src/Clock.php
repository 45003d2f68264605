<?php

declare(strict_types=1);

namespace Countermark;

use Psr\Clock\ClockInterface;

/**
 * The time in Unix milliseconds, by a PSR-20 clock or the system's.
 *
 * @internal
 */
final class Clock
{
    public function __construct(private readonly ?ClockInterface $clock = null)
    {
    }

    public function nowMs(): int
    {
        if ($this->clock === null) {
            return (int) (\microtime(true) * 1000);
        }
        $now = $this->clock->now();
        // Before 1970 the seconds are negative, and the milliseconds still count up.
        return 1000 * $now->getTimestamp() + (int) $now->format('v');
    }

    public function sleepUntil(int $untilMs): void
    {
        while (($restMs = $untilMs - $this->nowMs()) > 0) {
            \usleep(1000 * \min($restMs, 60_000));
        }
    }
}
