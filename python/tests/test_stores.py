"""The stores, against a real Redis, and through Django's cache on it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis
import redis.asyncio
import test_frameworks  # noqa: F401  Django's settings are there.
from django.test import override_settings
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from countermark import ConfigError, CountermarkError, MemoryReplayStore, ReplayError
from countermark.contrib.django import CacheStore
from countermark.stores import AsyncRedisStore, RedisStore, ReplayStore


@pytest.fixture(params=["memory", "redis", "cache"])
def store(request: pytest.FixtureRequest) -> Iterator[ReplayStore]:
    if request.param == "memory":
        yield MemoryReplayStore()
        return
    port = request.getfixturevalue("redis_port")
    redis.Redis(port=port).flushall()
    if request.param == "redis":
        yield RedisStore(redis.Redis(port=port), prefix="used:")
        return
    caches = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"redis://127.0.0.1:{port}",
        }
    }
    with override_settings(CACHES=caches):
        yield CacheStore()


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def test_a_key_is_taken_once(store: ReplayStore) -> None:
    store.reserve("key", now_ms() + 60_000)
    with pytest.raises(ReplayError) as refused:
        store.reserve("key", now_ms() + 60_000)
    assert refused.value.code == "REPLAYED"
    store.reserve("other", now_ms() + 60_000)
    store.release("key")
    store.reserve("key", now_ms() + 60_000)


def test_a_time_that_is_over_is_refused(store: ReplayStore) -> None:
    with pytest.raises(CountermarkError) as refused:
        store.reserve("key", now_ms() - 10_000)
    assert refused.value.code == "TIMESTAMP_TOO_OLD"


def test_of_many_at_once_one_succeeds(store: ReplayStore) -> None:
    def take(_: int) -> bool:
        try:
            store.reserve("key", now_ms() + 60_000)
        except ReplayError:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(take, range(200))) == 1


def test_a_key_is_free_after_its_time(redis_port: int) -> None:
    store = RedisStore(redis.Redis(port=redis_port))
    store.reserve("short", now_ms() + 200)
    time.sleep(0.4)
    store.reserve("short", now_ms() + 200)


def test_asyncio(redis_port: int) -> None:
    async def run() -> None:
        client = redis.asyncio.Redis(port=redis_port)
        store = AsyncRedisStore(client, prefix="async:")
        results = await asyncio.gather(
            *(store.reserve("key", now_ms() + 60_000) for _ in range(50)), return_exceptions=True
        )
        assert sum(result is None for result in results) == 1
        assert await store.release("key") and not await store.release("key")
        with pytest.raises(CountermarkError):
            await store.reserve("key", now_ms() - 10_000)
        await client.aclose()

    asyncio.run(run())


@pytest.mark.parametrize("kind", ["locmem.LocMemCache", "filebased.FileBasedCache", "db.DatabaseCache", "dummy.DummyCache"])
def test_caches_that_forget_are_refused(kind: str, tmp_path: Path) -> None:
    caches = {"default": {"BACKEND": f"django.core.cache.backends.{kind}", "LOCATION": str(tmp_path)}}
    with override_settings(CACHES=caches), pytest.raises(ConfigError, match=kind.split(".")[1]):
        CacheStore()


def test_a_cache_that_is_away_refuses() -> None:
    caches = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    }
    with override_settings(CACHES=caches):
        store = CacheStore()
        for call in (lambda: store.reserve("key", now_ms() + 60_000), lambda: store.release("key")):
            with pytest.raises(CountermarkError) as refused:
                call()
            assert refused.value.code == "STORE_UNAVAILABLE"


def test_a_server_that_is_away_refuses() -> None:
    once, async_once = Retry(NoBackoff(), 0), AsyncRetry(NoBackoff(), 0)
    with pytest.raises(CountermarkError) as refused:
        RedisStore(redis.Redis(port=1, retry=once)).reserve("key", now_ms() + 60_000)
    assert refused.value.code == "STORE_UNAVAILABLE"
    with pytest.raises(CountermarkError):
        RedisStore(redis.Redis(port=1, retry=once)).release("key")

    async def run() -> None:
        with pytest.raises(CountermarkError) as refused:
            await AsyncRedisStore(redis.asyncio.Redis(port=1, retry=async_once)).reserve("key", now_ms() + 60_000)
        assert refused.value.code == "STORE_UNAVAILABLE"

    asyncio.run(run())
