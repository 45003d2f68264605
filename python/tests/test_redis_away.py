"""A Redis that is away while the work of a webhook fails: when it is back, the sender's next try is taken, and what is another's stays."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import redis.asyncio
from django.test import override_settings
from frameworks import asgi_scope, signed, verifier
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis_server import RedisServer

from countermark import CountermarkError, VerifiedWebhook, _giving_back
from countermark.contrib import asgi, aws_lambda
from countermark.contrib.django import CacheStore
from countermark.stores import AsyncRedisStore, RedisStore


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    # A busy machine may take long to start it again.
    monkeypatch.setattr(_giving_back, "PATIENCE_S", 600.0)
    server = RedisServer(tmp_path)
    yield server
    server.stop()


def store_at(server: RedisServer) -> RedisStore:
    return RedisStore(redis.Redis(port=server.port, retry=Retry(NoBackoff(), 0)))


def async_client(server: RedisServer) -> Any:
    return redis.asyncio.Redis(port=server.port, retry=AsyncRetry(NoBackoff(), 0))


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def seen(happened: Callable[[], bool]) -> bool:
    """Within a time that is no limit for a machine that is busy."""
    end = time.monotonic() + 60
    while not happened():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_the_next_try_of_a_sender_is_taken(server: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    done: list[str] = []

    def work(webhook: VerifiedWebhook, event: Any, context: Any) -> None:
        if not done:
            done.append("failed")
            server.stop()
            raise LookupError("the work failed")
        done.append("done")

    handler = aws_lambda.verify_webhook(verifier(), store=store_at(server))(work)
    event = {"body": "{}", "headers": dict(signed(b"{}", "msg_away"))}
    # What the sender hears is why the work failed.
    with pytest.raises(LookupError):
        handler(event, None)
    server.start()
    [key] = server.keys()
    assert seen(lambda: bool(handler(event, None)["statusCode"] < 300))
    assert done == ["failed", "done"]
    assert "the store of replay keys failed: release" in caplog.text
    assert key.decode().removeprefix("countermark:") not in caplog.text


def test_a_cache_of_django(server: RedisServer) -> None:
    caches = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": f"redis://127.0.0.1:{server.port}"}}
    with override_settings(CACHES=caches):
        store = CacheStore()
        until_ms = now_ms() + 300_000
        for key in ("another's", "done", "free"):
            store.reserve(key, until_ms)
        store.commit("done")
        server.stop()
        for key in ("another's", "done", "free"):
            with pytest.raises(CountermarkError) as refused:
                store.release(key)
            assert refused.value.code == "STORE_UNAVAILABLE"
        server.start()
        store._cache.set("another's", "what another took since")
        assert seen(lambda: store._cache.get("free") is None)
        assert store._cache.get("another's") == "what another took since"
        assert store.is_committed("done") and store._cache.get("done") is not None


def test_one_key_that_cannot_be_freed_holds_up_no_other(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(_giving_back, "PATIENCE_S", 1.0)
    freed: list[str] = []

    def forget(name: str, value: str) -> None:
        if name == "bad":
            raise ValueError("another kind of value")
        freed.append(name)

    giving_back = _giving_back.GivingBack(forget)
    for name in ("bad", "good 1", "good 2"):
        giving_back.later(name, "1")
    assert seen(lambda: sorted(freed) == ["good 1", "good 2"])
    # It alone is given up.
    assert seen(lambda: "could not free them: 1 (ValueError)" in caplog.text)


@pytest.mark.parametrize("others", [0, 5])
def test_a_client_that_waits_long_for_a_connection_tries_again(monkeypatch: pytest.MonkeyPatch, others: int) -> None:
    monkeypatch.setattr(_giving_back, "PATIENCE_S", 0.0)
    monkeypatch.setattr(_giving_back, "PAUSE_S", 0.01)
    tries: list[str] = []
    freed: list[str] = []

    def forget(name: str, value: str) -> None:
        tries.append(name)
        # So many failures end a round.
        if len(tries) <= 2 * min(1 + others, _giving_back.FAILURES_MAX):
            raise ConnectionError("away")
        freed.append(name)

    giving_back = _giving_back.GivingBack(forget)
    names = {str(number) for number in range(1 + others)}
    # All are there before the first round.
    for name in names:
        giving_back._due.add(name, "1")
    giving_back.later("0", "1")
    assert seen(lambda: set(freed) == names)


def test_a_cache_of_django_whose_answer_was_lost(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    caches = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": f"redis://127.0.0.1:{server.port}"}}
    with override_settings(CACHES=caches):
        store = CacheStore()
        until_ms = now_ms() + 300_000
        add = type(store._cache).add

        def lost(self: Any, *args: Any, **named: Any) -> bool:
            add(self, *args, **named)
            raise ConnectionError("the answer was lost")

        with monkeypatch.context() as patched:
            patched.setattr(type(store._cache), "add", lost)
            with pytest.raises(CountermarkError) as refused:
                store.reserve("key", until_ms)
        assert refused.value.code == "STORE_UNAVAILABLE"

        def taken() -> bool:
            try:
                store.reserve("key", until_ms)
            except CountermarkError as error:
                assert error.code == "REPLAYED"
                return False
            return True

        # The next try of the sender gets it, and after that nobody.
        assert seen(taken)
        assert not taken()

        def asked_twice(self: Any, *args: Any, **named: Any) -> bool:
            add(self, *args, **named)
            return bool(add(self, *args, **named))

        monkeypatch.setattr(type(store._cache), "add", asked_twice)
        store.reserve("twice", until_ms)


def test_asyncio(server: RedisServer) -> None:
    done: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if not done:
            done.append("failed")
            server.stop()
            raise LookupError("the work failed")
        done.append("done")
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def status(hook: asgi.WebhookMiddleware, scope: Any) -> int:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        await hook(scope, receive, send)
        return int(sent[0]["status"])

    async def run() -> None:
        async with async_client(server) as client:
            hook, scope = asgi.WebhookMiddleware(app, verifier(), path="/hook", store=AsyncRedisStore(client)), asgi_scope()
            with pytest.raises(LookupError):
                await status(hook, scope)
            server.start()
            assert server.keys()
            end = time.monotonic() + 60
            while await status(hook, scope) != 200:
                assert time.monotonic() < end
                await asyncio.sleep(0.02)
        assert done == ["failed", "done"]

    asyncio.run(run())


def test_a_key_that_another_has_taken_since_stays(server: RedisServer) -> None:
    store = store_at(server)
    for key in ("1", "2"):
        store.reserve(key, now_ms() + 300_000)
    server.stop()
    for key in ("1", "2"):
        with pytest.raises(CountermarkError) as refused:
            store.release(key)
        assert refused.value.code == "STORE_UNAVAILABLE"
    server.start()
    # Of two keys, the later one is free when the thread has been at both.
    with redis.Redis(port=server.port) as client:
        client.set("countermark:1", "another's", px=300_000)
        assert seen(lambda: not client.exists("countermark:2"))
        assert client.get("countermark:1") == b"another's"


def test_what_is_done_stays(server: RedisServer) -> None:
    store = store_at(server)
    store.reserve("1", now_ms() + 300_000)
    store.reserve("2", now_ms() + 300_000)
    assert store.commit("1")
    server.stop()
    for key in ("1", "2"):
        with pytest.raises(CountermarkError):
            store.release(key)
    server.start()
    assert seen(lambda: server.keys() == [b"countermark:1"])
    assert store.is_committed("1")


def test_a_key_that_was_taken_as_redis_went_is_given_back(server: RedisServer) -> None:
    """Its reply is lost, and nobody can be asked whether it is taken."""

    class Cut(redis.Redis):
        def set(self, name: Any, value: Any, **options: Any) -> Any:
            super().set(name, value, **options)
            server.stop()
            raise redis.ConnectionError("the reply was lost")

    store = RedisStore(Cut(port=server.port, retry=Retry(NoBackoff(), 0)))
    with pytest.raises(CountermarkError):
        store.reserve("1", now_ms() + 300_000)
    server.start()
    assert seen(lambda: server.keys() == [])


def test_a_redis_that_stays_away_is_given_up(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_giving_back, "PATIENCE_S", 0.3)
    monkeypatch.setattr(_giving_back, "PAUSE_S", 0.05)
    store = store_at(server)
    store.reserve("a-key", now_ms() + 300_000)
    server.stop()
    with pytest.raises(CountermarkError):
        store.release("a-key")
    assert seen(lambda: "replay keys stay taken for their time, since their store could not free them: 1 (ConnectionError)" in caplog.text)
    assert "a-key" not in caplog.text
    # The thread is gone, and a later key gets another.
    server.start()
    store.reserve("later", now_ms() + 300_000)
    server.stop()
    monkeypatch.setattr(_giving_back, "PATIENCE_S", 60)
    with pytest.raises(CountermarkError):
        store.release("later")
    server.start()
    assert seen(lambda: server.keys() == [b"countermark:a-key"])


def test_a_forked_child_has_a_thread_of_its_own(server: RedisServer) -> None:
    store = store_at(server)
    for key in ("parent", "child"):
        store.reserve(key, now_ms() + 300_000)
    server.stop()
    with pytest.raises(CountermarkError):
        store.release("parent")
    child = os.fork()
    if child == 0:
        try:
            store.release("child")
        except CountermarkError:
            # Until its thread has ended.
            seen(lambda: store._giving_back._thread is None)
        finally:
            os._exit(0)
    server.start()
    os.waitpid(child, 0)
    assert seen(lambda: server.keys() == [])
