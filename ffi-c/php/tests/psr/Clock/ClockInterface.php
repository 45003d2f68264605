<?php

// PSR-20, for machines without Composer: Debian has no package of it.

namespace Psr\Clock;

interface ClockInterface
{
    public function now(): \DateTimeImmutable;
}
