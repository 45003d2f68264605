<?php

declare(strict_types=1);

namespace Countermark\Store;

/** What a step machine wants of the store: free this key in the store. */
final class Release
{
    /** @internal */
    public function __construct(
        /** ASCII. It holds no handle that could be used. */
        public readonly string $key,
    ) {
    }
}
