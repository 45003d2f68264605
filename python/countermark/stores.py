"""Stores of what may happen once: the contract, and Redis. `MemoryReplayStore` is one for a single process."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from math import floor
from typing import TYPE_CHECKING, Protocol

from ._giving_back import AsyncGivingBack, GivingBack, Values
from .errors import CountermarkError

if TYPE_CHECKING:
    import redis
    import redis.asyncio


class OnceStore(Protocol):
    """What `LoginClient` and the helpers for links need of a store. Times are Unix milliseconds."""

    def reserve(self, key: str, until_ms: int) -> None:
        """Takes a key, atomically, until ``until_ms``; raises ``REPLAYED`` when it is taken."""
        ...

    def release(self, key: str) -> object:
        """The work failed and may be tried again. Only the caller that took the key may."""
        ...


class ReplayStore(OnceStore, Protocol):
    """What the helpers for webhooks need."""

    def commit(self, key: str) -> object:
        """The work is done: the key stays taken to the end of its time."""
        ...

    def is_committed(self, key: str) -> bool:
        """Whether the work is done: a webhook that comes again is then answered with a success."""
        ...


class AsyncOnceStore(Protocol):
    """`OnceStore` for asyncio."""

    def reserve(self, key: str, until_ms: int) -> Awaitable[None]:
        """As `OnceStore.reserve`."""
        ...

    def release(self, key: str) -> Awaitable[object]:
        """As `OnceStore.release`."""
        ...


class AsyncReplayStore(AsyncOnceStore, Protocol):
    """`ReplayStore` for asyncio."""

    def commit(self, key: str) -> Awaitable[object]:
        """As `ReplayStore.commit`."""
        ...

    def is_committed(self, key: str) -> Awaitable[bool]:
        """As `ReplayStore.is_committed`."""
        ...


_COMMITTED = "committed"

# Frees a key, unless its work is done. Redis runs a script as one step.
_RELEASE = f"""local value = redis.call('GET', KEYS[1])
if value and value ~= '{_COMMITTED}' then return redis.call('DEL', KEYS[1]) end
return 0"""

# Frees a key that holds this value.
_FORGET = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class RedisStore:
    """Keys in Redis, for all processes of a service, in whatever language they are: ``SET key random NX PX span``.

    A span and not a time: by a clock of Redis that is ahead, the key would be gone at once. A random value, since the client sends a
    command again whose reply was lost: a key with the value of this call is its own, and not one that was taken before. Of work that is done
    the value is ``committed``.

    A server that cannot be reached refuses, with ``STORE_UNAVAILABLE``. A key of this store's that it could not free is tried again for some
    seconds, beside the program's work; one that another has taken since stays. ``clock`` gives Unix seconds, as those who say until when to keep
    a key have it.
    """

    def __init__(
        self, client: redis.Redis, *, prefix: str = "countermark:", clock: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._prefix = prefix
        self._clock = clock
        self._taken = Values()
        self._giving_back = GivingBack(self._forget)

    def reserve(self, key: str, until_ms: int) -> None:
        """Takes a key until ``until_ms``."""
        import redis

        span_ms = _span_ms(until_ms, self._clock)
        name, value = self._prefix + key, secrets.token_hex(16)
        try:
            taken = self._client.set(name, value, nx=True, px=span_ms) or self._holds(name, value)
        except redis.RedisError as error:
            # It may have been done all the same, and nobody would give the key back.
            try:
                self._forget(name, value)
            except redis.RedisError:
                self._giving_back.later(name, value)
            raise CountermarkError("STORE_UNAVAILABLE") from error
        if not taken:
            raise CountermarkError("REPLAYED")
        self._taken.keep(name, value)

    def commit(self, key: str) -> bool:
        """Keeps a key to the end of its time. ``False`` when the key is not held."""
        self._taken.take(self._prefix + key)
        with _within_reach():
            return bool(self._client.set(self._prefix + key, _COMMITTED, xx=True, keepttl=True))

    def is_committed(self, key: str) -> bool:
        """Whether the work of a key is done."""
        with _within_reach():
            return self._holds(self._prefix + key, _COMMITTED)

    def release(self, key: str) -> bool:
        """Frees a key that is not committed, whoever took it. ``False`` when there is none."""
        import redis

        name = self._prefix + key
        value = self._taken.take(name)
        try:
            return bool(self._client.eval(_RELEASE, 1, name))
        except redis.RedisError as error:
            if value is not None:
                self._giving_back.later(name, value)
            raise CountermarkError("STORE_UNAVAILABLE") from error

    def _forget(self, name: str, value: str) -> object:
        return self._client.eval(_FORGET, 1, name, value)

    def _holds(self, name: str, value: str) -> bool:
        return _is(self._client.get(name), value)


class AsyncRedisStore:
    """`RedisStore` for asyncio."""

    def __init__(
        self, client: redis.asyncio.Redis, *, prefix: str = "countermark:", clock: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._prefix = prefix
        self._clock = clock
        self._taken = Values()
        self._giving_back = AsyncGivingBack(self._forget)

    async def reserve(self, key: str, until_ms: int) -> None:
        """Takes a key until ``until_ms``."""
        import redis

        span_ms = _span_ms(until_ms, self._clock)
        name, value = self._prefix + key, secrets.token_hex(16)
        try:
            taken = await self._client.set(name, value, nx=True, px=span_ms) or await self._holds(name, value)
        except redis.RedisError as error:
            try:
                await self._forget(name, value)
            except redis.RedisError:
                self._giving_back.later(name, value)
            raise CountermarkError("STORE_UNAVAILABLE") from error
        if not taken:
            raise CountermarkError("REPLAYED")
        self._taken.keep(name, value)

    async def commit(self, key: str) -> bool:
        """As `RedisStore.commit`."""
        self._taken.take(self._prefix + key)
        with _within_reach():
            return bool(await self._client.set(self._prefix + key, _COMMITTED, xx=True, keepttl=True))

    async def is_committed(self, key: str) -> bool:
        """As `RedisStore.is_committed`."""
        with _within_reach():
            return await self._holds(self._prefix + key, _COMMITTED)

    async def release(self, key: str) -> bool:
        """As `RedisStore.release`."""
        import redis

        name = self._prefix + key
        value = self._taken.take(name)
        try:
            return bool(await self._client.eval(_RELEASE, 1, name))
        except redis.RedisError as error:
            if value is not None:
                self._giving_back.later(name, value)
            raise CountermarkError("STORE_UNAVAILABLE") from error

    async def _forget(self, name: str, value: str) -> object:
        return await self._client.eval(_FORGET, 1, name, value)

    async def _holds(self, name: str, value: str) -> bool:
        return _is(await self._client.get(name), value)


@contextmanager
def _within_reach() -> Iterator[None]:
    import redis

    try:
        yield
    except redis.RedisError as error:
        raise CountermarkError("STORE_UNAVAILABLE") from error


def _is(found: object, value: str) -> bool:
    # Text, if the client is told to decode.
    return found in (value, value.encode())


def _span_ms(until_ms: int, clock: Callable[[], float]) -> int:
    """From now to the end of the last millisecond."""
    span_ms = until_ms - floor(clock() * 1000)
    # Redis keeps no key whose time is over, so a second copy would find none.
    if span_ms < 0:
        raise CountermarkError("TIMESTAMP_TOO_OLD")
    return span_ms + 1
