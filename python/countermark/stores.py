"""Stores of what may happen once: the contract, and Redis. `MemoryReplayStore` is one for a single process."""

from __future__ import annotations

import time
from collections.abc import Awaitable
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
    """Keys in Redis, for all processes of a service, in whatever language they are: ``SET key 1 NX PX span``.

    A span and not a time: by a clock of Redis that is ahead, the key would be gone at once.

    A server that cannot be reached refuses, with ``STORE_UNAVAILABLE``.
    """

    def __init__(self, client: redis.Redis, *, prefix: str = "countermark:") -> None:
        self._client = client
        self._prefix = prefix

    def reserve(self, key: str, until_ms: int) -> None:
        """Takes a key until ``until_ms``."""
        import redis

        span_ms = _span_ms(until_ms)
        try:
            taken = self._client.set(self._prefix + key, 1, nx=True, px=span_ms)
        except redis.RedisError as error:
            raise CountermarkError("STORE_UNAVAILABLE") from error
        if not taken:
            raise CountermarkError("REPLAYED")

    def release(self, key: str) -> bool:
        """Frees a key. ``False`` when there is none."""
        import redis

        try:
            return bool(self._client.delete(self._prefix + key))
        except redis.RedisError as error:
            raise CountermarkError("STORE_UNAVAILABLE") from error


class AsyncRedisStore:
    """`RedisStore` for asyncio."""

    def __init__(self, client: redis.asyncio.Redis, *, prefix: str = "countermark:") -> None:
        self._client = client
        self._prefix = prefix

    async def reserve(self, key: str, until_ms: int) -> None:
        """Takes a key until ``until_ms``."""
        import redis

        span_ms = _span_ms(until_ms)
        try:
            taken = await self._client.set(self._prefix + key, 1, nx=True, px=span_ms)
        except redis.RedisError as error:
            raise CountermarkError("STORE_UNAVAILABLE") from error
        if not taken:
            raise CountermarkError("REPLAYED")

    async def release(self, key: str) -> bool:
        """Frees a key. ``False`` when there is none."""
        import redis

        try:
            return bool(await self._client.delete(self._prefix + key))
        except redis.RedisError as error:
            raise CountermarkError("STORE_UNAVAILABLE") from error


def _span_ms(until_ms: int) -> int:
    """From now to the end of the last millisecond."""
    span_ms = until_ms - time.time_ns() // 1_000_000
    # Redis keeps no key whose time is over, so a second copy would find none.
    if span_ms < 0:
        raise CountermarkError("TIMESTAMP_TOO_OLD")
    return span_ms + 1
