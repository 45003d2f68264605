"""Django: the store in its cache, which users name as ``countermark.contrib.django.CacheStore``."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.locmem import LocMemCache

from .._giving_back import GivingBack, Values
from ..errors import CountermarkError


class CacheStore:
    """A store in Django's cache, for all processes that share it.

    It must add atomically and forget nothing early. Redis does both, if its ``maxmemory-policy`` is ``noeviction``; Memcached does the
    first, and forgets when it is full. Django's caches in local memory, which each process has for itself, in files and in a database
    throw keys away from 300 on, and ``DummyCache`` keeps none: they are refused, with ``INVALID_CONFIG``. A key that the cache could not free is
    tried again for some seconds, beside the program's work. ``clock`` gives Unix seconds.
    """

    __module__ = "countermark.contrib.django"

    def __init__(self, alias: str = "default", *, clock: Callable[[], float] = time.time) -> None:
        self._alias = alias
        self._clock = clock
        self._taken = Values()
        self._giving_back = GivingBack(self._forget)
        # One for this question: what `caches` gives would be handed on to all that inherit this context.
        cache = caches.create_connection(alias)
        if isinstance(cache, (LocMemCache, FileBasedCache, DatabaseCache, DummyCache)):
            kind = type(cache).__name__
            raise CountermarkError(
                "INVALID_CONFIG",
                f"{kind} forgets keys: let CACHES[{alias!r}] be Redis or Memcached, or take MemoryReplayStore for a single process",
            )

    @property
    def _cache(self) -> Any:
        # Never kept: Django gives each thread its own, since the clients of Memcached are for one thread only.
        return caches[self._alias]

    def reserve(self, key: str, until_ms: int) -> None:
        """Takes a key until ``until_ms``."""
        left_ms = self._left_ms(until_ms)
        if left_ms < 0:
            raise CountermarkError("TIMESTAMP_TOO_OLD")
        # The end is for `commit`, since a cache does not tell how much time a key has left; the rest tells this call from all others.
        value = f"{until_ms} {secrets.token_hex(16)}"
        try:
            with _within_reach():
                # A client may ask again by itself where its answer got lost.
                taken = self._cache.add(key, value, timeout=_seconds(left_ms)) or self._cache.get(key) == value
        except CountermarkError:
            # It may be taken all the same, and would be nobody's.
            self._giving_back.later(key, value)
            raise
        if not taken:
            raise CountermarkError("REPLAYED")
        self._taken.keep(key, value)

    def commit(self, key: str) -> bool:
        """Keeps a key to the end of its time. ``False`` when the key is not held."""
        self._taken.take(key)
        with _within_reach():
            value = self._cache.get(key)
            left_ms = -1 if value is None else self._left_ms(int(str(value).partition(" ")[0]))
            if left_ms >= 0:
                # Beside the key and not in its place: Django deletes what Memcached does not set.
                self._cache.add(_done(key), 1, timeout=_seconds(left_ms))
            return left_ms >= 0

    def is_committed(self, key: str) -> bool:
        """Whether the work of a key is done."""
        with _within_reach():
            return self._cache.get(_done(key)) is not None

    def release(self, key: str) -> bool:
        """Frees a key that is not committed. ``False`` when there is none."""
        value = self._taken.take(key)
        try:
            with _within_reach():
                # Two steps, since no cache has one for it: nobody but the caller that took the key asks for either of them.
                return self._cache.get(_done(key)) is None and self._cache.delete(key)
        except CountermarkError:
            if value is not None:
                self._giving_back.later(key, value)
            raise

    def _forget(self, key: str, value: str) -> None:
        # On a thread of its own, for which nobody else would close a connection.
        cache = caches.create_connection(self._alias)
        try:
            # What another has taken since has another value.
            if cache.get(key) == value and cache.get(_done(key)) is None:
                cache.delete(key)
        finally:
            cache.close()

    def _left_ms(self, until_ms: int) -> int:
        return until_ms - math.floor(self._clock() * 1000)


def _done(key: str) -> str:
    return f"{key}:committed"


def _seconds(left_ms: int) -> int:
    """One more, since a cache that counts whole seconds may begin with a part of one."""
    return math.ceil(left_ms / 1000) + 1


@contextmanager
def _within_reach() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise CountermarkError("STORE_UNAVAILABLE") from error
