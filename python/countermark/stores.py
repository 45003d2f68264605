"""Stores of what may happen once: the contract, and Redis. `MemoryReplayStore` is one for a single process."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from math import floor
from typing import TYPE_CHECKING, Protocol

from .errors import CountermarkError

if TYPE_CHECKING:
    import redis
    import redis.asyncio


class ReplayStore(Protocol):
    """What `LoginClient` and the framework helpers need of a store. Times are Unix milliseconds."""

    def reserve(self, key: str, until_ms: int) -> None:
        """Takes a key, atomically, until ``until_ms``; raises ``REPLAYED`` when it is taken."""
        ...

    def release(self, key: str) -> object:
        """Frees a key; only the caller that took it may."""
        ...


class AsyncReplayStore(Protocol):
    """The same for asyncio."""

    def reserve(self, key: str, until_ms: int) -> Awaitable[None]:
        """As `ReplayStore.reserve`."""
        ...

    def release(self, key: str) -> Awaitable[object]:
        """As `ReplayStore.release`."""
        ...


class RedisStore:
    """Keys in Redis, for all processes of a service, in whatever language they are: ``SET key random NX PX span``.

    A span and not a time: by a clock of Redis that is ahead, the key would be gone at once. A random value, since the client sends a
    command again whose reply was lost: a key with the value of this call is its own, and not one that was taken before.

    A server that cannot be reached refuses, with ``STORE_UNAVAILABLE``. ``clock`` gives Unix seconds, as those who say until when to keep
    a key have it.
    """

    def __init__(
        self, client: redis.Redis, *, prefix: str = "countermark:", clock: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._prefix = prefix
        self._clock = clock

    def reserve(self, key: str, until_ms: int) -> None:
        """Takes a key until ``until_ms``."""
        import redis

        span_ms = _span_ms(until_ms, self._clock)
        name, value = self._prefix + key, secrets.token_hex(16)
        try:
            taken = self._client.set(name, value, nx=True, px=span_ms) or self._holds(name, value)
        except redis.RedisError as error:
            # It may have been done all the same, and nobody would give the key back.
            with suppress(redis.RedisError):
                if self._holds(name, value):
                    self._client.delete(name)
            raise CountermarkError("STORE_UNAVAILABLE") from error
        if not taken:
            raise CountermarkError("REPLAYED")

    def release(self, key: str) -> bool:
        """Frees a key, whoever took it. ``False`` when there is none."""
        import redis

        try:
            return bool(self._client.delete(self._prefix + key))
        except redis.RedisError as error:
            raise CountermarkError("STORE_UNAVAILABLE") from error

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

    async def reserve(self, key: str, until_ms: int) -> None:
        """Takes a key until ``until_ms``."""
        import redis

        span_ms = _span_ms(until_ms, self._clock)
        name, value = self._prefix + key, secrets.token_hex(16)
        try:
            taken = await self._client.set(name, value, nx=True, px=span_ms) or await self._holds(name, value)
        except redis.RedisError as error:
            with suppress(redis.RedisError):
                if await self._holds(name, value):
                    await self._client.delete(name)
            raise CountermarkError("STORE_UNAVAILABLE") from error
        if not taken:
            raise CountermarkError("REPLAYED")

    async def release(self, key: str) -> bool:
        """Frees a key, whoever took it. ``False`` when there is none."""
        import redis

        try:
            return bool(await self._client.delete(self._prefix + key))
        except redis.RedisError as error:
            raise CountermarkError("STORE_UNAVAILABLE") from error

    async def _holds(self, name: str, value: str) -> bool:
        return _is(await self._client.get(name), value)


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
