<?php

declare(strict_types=1);

namespace Countermark\Adapter;

use Psr\Clock\ClockInterface;

/** A clock that stands at the `now_ms` of a request. */
final class FixedClock implements ClockInterface
{
    public function __construct(private readonly int $nowMs)
    {
    }

    public function now(): \DateTimeImmutable
    {
        $seconds = \intdiv($this->nowMs, 1000);
        $milliseconds = $this->nowMs % 1000;
        return (new \DateTimeImmutable("@$seconds"))->modify("$milliseconds msec");
    }
}
