<?php

declare(strict_types=1);

namespace Countermark\Store;

/**
 * Remembers what may happen once: replay keys, the use of an approval, the open login of an ID. All processes of a service
 * share one store.
 */
interface ReplayStore
{
    /**
     * Takes a key, atomically: of any number of callers one gets true.
     *
     * @return bool false when the key is taken
     * @throws \Throwable when the store is full or out of reach; whatever depends on the key is then refused
     */
    public function add(string $key, int $ttlSeconds): bool;

    /** Frees a key. Only the caller that took it may. */
    public function remove(string $key): void;
}
