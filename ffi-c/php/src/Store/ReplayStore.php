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

    /**
     * The work is done: the key stays taken to the end of its time. Only the caller that took it may.
     *
     * @return bool false when the key is not held
     * @throws \Throwable when the store is out of reach
     */
    public function commit(string $key): bool;

    /**
     * Whether the work of a key is done: a webhook that comes again is then answered with a success.
     *
     * @throws \Throwable when the store is out of reach
     */
    public function isCommitted(string $key): bool;

    /** Frees a key whose work is not done. Only the caller that took it may. */
    public function remove(string $key): void;
}
