"""The stores, against a real Redis, and through Django's cache on it."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import redis
import redis.asyncio
import frameworks  # noqa: F401  It configures Django.
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
    with override_settings(CACHES=caches_at(port)):
        yield CacheStore()


def caches_at(port: int) -> dict[str, dict[str, str]]:
    return {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": f"redis://127.0.0.1:{port}"}}


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


def test_a_key_whose_work_is_done_stays_taken(store: ReplayStore) -> None:
    assert not store.commit("key") and not store.is_committed("key")
    store.reserve("key", now_ms() + 60_000)
    assert not store.is_committed("key")
    for _ in range(2):
        assert store.commit("key") and store.is_committed("key")
        assert not store.release("key")
    with pytest.raises(ReplayError):
        store.reserve("key", now_ms() + 60_000)
    # What was given back has no work that is done.
    store.reserve("other", now_ms() + 60_000)
    store.release("other")
    assert not store.commit("other")
    store.reserve("other", now_ms() + 60_000)
    assert not store.is_committed("other")


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
    store.reserve("short", now_ms() + 1500)
    time.sleep(1.7)
    store.reserve("short", now_ms() + 60_000)


def test_asyncio(redis_port: int) -> None:
    async def run() -> None:
        client = redis.asyncio.Redis(port=redis_port)
        store = AsyncRedisStore(client, prefix="async:")
        results = await asyncio.gather(
            *(store.reserve("key", now_ms() + 60_000) for _ in range(50)), return_exceptions=True
        )
        assert sum(result is None for result in results) == 1
        assert await store.release("key") and not await store.release("key")
        assert not await store.commit("key")
        await store.reserve("key", now_ms() + 60_000)
        assert not await store.is_committed("key")
        assert await store.commit("key") and await store.is_committed("key")
        assert not await store.release("key")
        with pytest.raises(ReplayError):
            await store.reserve("key", now_ms() + 60_000)
        with pytest.raises(CountermarkError):
            await store.reserve("key", now_ms() - 10_000)
        await client.aclose()

    asyncio.run(run())


@pytest.mark.parametrize("decoded", [False, True])
def test_what_other_languages_keep_in_redis_is_understood(redis_port: int, decoded: bool) -> None:
    client = redis.Redis(port=redis_port, decode_responses=decoded)
    client.flushall()
    store = RedisStore(client)
    # As `node/js/redis.mjs` and `ffi-c/README.md` have it.
    client.set("countermark:theirs", "committed", px=60_000)
    assert store.is_committed("theirs") and not store.release("theirs")
    store.reserve("ours", now_ms() + 60_000)
    before_ms = client.pexpiretime("countermark:ours")
    assert store.commit("ours")
    assert client.get("countermark:ours") in ("committed", b"committed")
    assert client.pexpiretime("countermark:ours") == before_ms


def test_django_keeps_what_is_done_for_the_rest_of_its_time(redis_port: int) -> None:
    client = redis.Redis(port=redis_port)
    client.flushall()
    at_ms = 1_700_000_000_250
    with override_settings(CACHES=caches_at(redis_port)):
        store, late = CacheStore(clock=lambda: at_ms / 1000), CacheStore(clock=lambda: at_ms / 1000 + 40)
        over = CacheStore(clock=lambda: at_ms / 1000 + 61)
        store.reserve("key", at_ms + 60_000)
        # Its time is over, and this may be the key of another by now.
        assert not over.commit("key") and not over.is_committed("key")
        assert late.commit("key") and late.is_committed("key")
        [name] = client.keys("*:key:committed")
        assert 15_000 < client.pttl(name) <= 21_000
        # The value that an older version gave.
        store.reserve("older", at_ms + 60_000)
        [name] = client.keys("*:older")
        client.set(name, 1, keepttl=True)
        assert not store.commit("older") and not store.is_committed("older")
        assert 50_000 < client.pttl(name) <= 61_000
        assert store.release("older")


@contextmanager
def losing_a_reply(redis_port: int) -> Iterator[int]:
    """A way to Redis on which the reply to the first ``SET`` gets lost; gives its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    lost = threading.Event()

    def serve(client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", redis_port)) as server:
            while asked := client.recv(65536):
                server.sendall(asked)
                reply = server.recv(65536)
                if b"\r\nSET\r\n" in asked and not lost.is_set():
                    lost.set()
                    return
                client.sendall(reply)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=[listener.accept()[0]], daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
        assert lost.is_set()
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@pytest.mark.parametrize("decoded", [False, True])
def test_a_first_delivery_whose_reply_is_lost_is_no_replay(redis_port: int, decoded: bool) -> None:
    key = f"lost-{decoded}"
    with losing_a_reply(redis_port) as port:
        client = redis.Redis(port=port, retry=Retry(NoBackoff(), 1), decode_responses=decoded)
        store = RedisStore(client)
        store.reserve(key, now_ms() + 60_000)
        with pytest.raises(ReplayError):
            store.reserve(key, now_ms() + 60_000)

    async def run() -> None:
        with losing_a_reply(redis_port) as port:
            once = AsyncRetry(NoBackoff(), 1)
            async with redis.asyncio.Redis(port=port, retry=once, decode_responses=decoded) as client:
                store = AsyncRedisStore(client)
                await store.reserve(f"async-{key}", now_ms() + 60_000)
                with pytest.raises(ReplayError):
                    await store.reserve(f"async-{key}", now_ms() + 60_000)

    asyncio.run(run())


def test_a_key_that_was_taken_without_a_reply_is_given_back(redis_port: int) -> None:
    with losing_a_reply(redis_port) as port:
        store = RedisStore(redis.Redis(port=port, retry=Retry(NoBackoff(), 0)))
        with pytest.raises(CountermarkError) as refused:
            store.reserve("unsure", now_ms() + 60_000)
        assert refused.value.code == "STORE_UNAVAILABLE"
        store.reserve("unsure", now_ms() + 60_000)
    # The key of another stays.
    with losing_a_reply(redis_port) as port, pytest.raises(CountermarkError):
        RedisStore(redis.Redis(port=port, retry=Retry(NoBackoff(), 0))).reserve("unsure", now_ms() + 60_000)
    assert redis.Redis(port=redis_port).exists("countermark:unsure")

    async def run() -> None:
        with losing_a_reply(redis_port) as port:
            async with redis.asyncio.Redis(port=port, retry=AsyncRetry(NoBackoff(), 0)) as client:
                store = AsyncRedisStore(client)
                with pytest.raises(CountermarkError) as refused:
                    await store.reserve("async-unsure", now_ms() + 60_000)
                assert refused.value.code == "STORE_UNAVAILABLE"
                await store.reserve("async-unsure", now_ms() + 60_000)

    asyncio.run(run())


def test_a_clock_of_ones_own(redis_port: int) -> None:
    client = redis.Redis(port=redis_port)
    client.flushall()
    then_ms = 1_700_000_000_250

    def then() -> float:
        return then_ms / 1000

    RedisStore(client, clock=then).reserve("clock", then_ms + 60_000)
    assert 50_000 < client.pttl("countermark:clock") <= 60_001
    RedisStore(client, clock=then).reserve("last", then_ms)

    async def run() -> None:
        async with redis.asyncio.Redis(port=redis_port) as client:
            await AsyncRedisStore(client, clock=then).reserve("async-clock", then_ms + 60_000)
            assert 50_000 < await client.pttl("countermark:async-clock") <= 60_001

    asyncio.run(run())
    with override_settings(CACHES=caches_at(redis_port)):
        CacheStore(clock=then).reserve("cache", then_ms + 60_000)
        [name] = client.keys("*:cache")
        assert 50_000 < client.pttl(name) <= 61_000
        for store in (RedisStore(client, clock=then), CacheStore(clock=then)):
            with pytest.raises(CountermarkError) as refused:
                store.reserve("old", then_ms - 1)
            assert refused.value.code == "TIMESTAMP_TOO_OLD"


@pytest.mark.parametrize("kind", ["locmem.LocMemCache", "filebased.FileBasedCache", "db.DatabaseCache", "dummy.DummyCache"])
def test_caches_that_forget_are_refused(kind: str, tmp_path: Path) -> None:
    caches = {"default": {"BACKEND": f"django.core.cache.backends.{kind}", "LOCATION": str(tmp_path)}}
    with override_settings(CACHES=caches), pytest.raises(ConfigError, match=kind.split(".")[1]):
        CacheStore()


def all_refuse(store: ReplayStore) -> None:
    for call in (lambda key: store.reserve(key, now_ms() + 60_000), store.commit, store.is_committed, store.release):
        with pytest.raises(CountermarkError) as refused:
            call("key")
        assert refused.value.code == "STORE_UNAVAILABLE"


def test_a_cache_that_is_away_refuses() -> None:
    with override_settings(CACHES=caches_at(1)):
        store = CacheStore()
        all_refuse(store)


def test_a_server_that_is_away_refuses() -> None:
    once, async_once = Retry(NoBackoff(), 0), AsyncRetry(NoBackoff(), 0)
    all_refuse(RedisStore(redis.Redis(port=1, retry=once)))

    async def run() -> None:
        store = AsyncRedisStore(redis.asyncio.Redis(port=1, retry=async_once))
        asked = [store.reserve("key", now_ms() + 60_000), store.commit("key"), store.is_committed("key"), store.release("key")]
        for refused in await asyncio.gather(*asked, return_exceptions=True):
            assert isinstance(refused, CountermarkError) and refused.code == "STORE_UNAVAILABLE"

    asyncio.run(run())
