<?php

declare(strict_types=1);

namespace Countermark\Store;

/** What a step machine wants of the store: take this key in the store; of any number of callers, one may succeed. */
final class Reserve
{
    /** @internal */
    public function __construct(
        /** ASCII. It holds no handle that could be used. */
        public readonly string $key,
        /** Until when to keep it, in Unix milliseconds. */
        public readonly int $untilMs,
    ) {
    }
}
