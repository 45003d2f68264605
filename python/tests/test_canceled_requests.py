"""Requests that are canceled, and senders that go away: the key is given back, so that the next try is taken."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import anyio
import pytest
from fastapi import Depends, FastAPI
from frameworks import AUDIENCE, KEY, asgi_scope, query_verifier, signed, urlpatterns, verifier

from countermark import (
    CountermarkError,
    MemoryReplayStore,
    QueryProfile,
    VerifiedQuery,
    VerifiedWebhook,
)
from countermark.contrib import django as for_django
from countermark.contrib import fastapi as for_fastapi
from countermark.testing import sign_query


def test_the_middleware_when_the_sender_goes_away_or_the_work_fails_late() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def gone() -> Any:
        return {"type": "http.disconnect"}

    async def never(*_: Any) -> None:
        raise AssertionError("nothing was verified")

    asyncio.run(for_fastapi.WebhookMiddleware(never, verifier(), path="/hook")(asgi_scope(), gone, send))
    assert sent == []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def late(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("the work failed")

    store = MemoryReplayStore()
    app = for_fastapi.WebhookMiddleware(late, verifier(), path="/hook", store=store)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            asyncio.run(app(asgi_scope(), receive, send))
    assert store.size == 0


async def cancel_at(moment: asyncio.Event, scope: anyio.CancelScope) -> None:
    await moment.wait()
    scope.cancel()


@pytest.mark.parametrize("while_asked", [False, True])
def test_a_canceled_request_gives_the_key_back(while_asked: bool) -> None:
    """Also in a scope of anyio, where every further await is canceled too, and where it ends while the store is asked."""

    asked: list[str] = []
    moment = asyncio.Event()

    class AsyncStore:
        async def reserve(self, key: str, until_ms: int) -> None:
            if while_asked:
                moment.set()
                await asyncio.sleep(0.2)
            asked.append("reserve")

        async def release(self, key: str) -> None:
            await asyncio.sleep(0)
            asked.append("release")

    async def receive() -> Any:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        moment.set()
        await asyncio.sleep(60)

    async def run() -> None:
        app = for_fastapi.WebhookMiddleware(slow, verifier(), path="/hook", store=AsyncStore())
        with anyio.CancelScope() as scope:
            canceling = asyncio.ensure_future(cancel_at(moment, scope))
            await app(asgi_scope(), receive, receive)
        assert canceling.done() and scope.cancelled_caught

    asyncio.run(run())
    assert asked == ["reserve", "release"]


class SlowStore:
    """A store of asyncio that takes its time, and may have the key already."""

    def __init__(self, replayed: bool = False) -> None:
        self.replayed = replayed
        self.seen: list[str] = []
        self.asked = asyncio.Event()
        self.done = asyncio.Event()
        self.giving_back = asyncio.Event()

    async def takes_its_time(self) -> None:
        await asyncio.sleep(0.1)

    async def reserve(self, key: str, until_ms: int) -> None:
        self.asked.set()
        await self.takes_its_time()
        if self.replayed:
            raise CountermarkError("REPLAYED")
        self.seen.append("taken")

    async def commit(self, key: str) -> None:
        self.done.set()
        await self.takes_its_time()
        self.seen.append("kept")

    async def is_committed(self, key: str) -> bool:
        self.done.set()
        await self.takes_its_time()
        self.seen.append("asked")
        return True

    async def release(self, key: str) -> None:
        self.giving_back.set()
        await self.takes_its_time()
        self.seen.append("given back")


class HeldStore(SlowStore):
    """One that takes, for each step, as long as the test wants."""

    def __init__(self, replayed: bool = False) -> None:
        super().__init__(replayed)
        self.turns = asyncio.Semaphore(0)

    async def takes_its_time(self) -> None:
        await self.turns.acquire()


async def canceled_during(task: asyncio.Future[Any], store: HeldStore, *steps: asyncio.Event) -> None:
    """Cancels it again and again while the store is at each of these steps."""
    for step in steps:
        await step.wait()
        for _ in range(3):
            assert not task.done()
            task.cancel()
            await asyncio.sleep(0.02)
        store.turns.release()
    with pytest.raises(asyncio.CancelledError):
        await task


async def received() -> Any:
    return {"type": "http.request", "body": b"{}", "more_body": False}


async def unsent(message: Any) -> None:
    raise AssertionError("nobody is there to be answered")


async def never(*_: Any) -> None:
    raise AssertionError("the request was canceled")


async def worked(*asked: Any) -> None:
    """Work of any of the frameworks; of ASGI it answers too."""
    for send in asked[2:]:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})


async def sent(message: Any) -> None:
    pass


Work = Callable[..., Awaitable[None]]


def middleware_call(store: SlowStore, work: Work = never, send: Work = unsent) -> Awaitable[Any]:
    return for_fastapi.WebhookMiddleware(work, verifier(), path="/hook", store=store)(asgi_scope(), received, send)


def dependency_call(store: SlowStore, work: Work = never, send: Work = unsent) -> Awaitable[Any]:
    app = FastAPI()
    hooks = for_fastapi.WebhookDependency(verifier(), store=store)

    @app.post("/hook")
    async def hook(webhook: Annotated[VerifiedWebhook, Depends(hooks)]) -> None:
        await work()

    return app(asgi_scope(), received, send)


def django_call(store: SlowStore, work: Work = never, send: Work = unsent) -> Awaitable[Any]:
    from django.test import AsyncRequestFactory

    headers = {name: value for name, value in signed(b"{}", "msg_asgi") if name != "Content-Type"}
    request = AsyncRequestFactory().post("/hook", b"{}", content_type="application/json", headers=headers)
    view: Awaitable[Any] = for_django.verify_webhook(verifier(), store=store)(work)(request)
    return view


CALLS = [middleware_call, dependency_call, django_call]
Call = Callable[..., Awaitable[Any]]


@pytest.mark.parametrize("call", CALLS)
def test_a_task_canceled_while_the_store_is_asked_gives_the_key_back(call: Call) -> None:
    async def run() -> None:
        store = HeldStore()
        task = asyncio.ensure_future(call(store))
        await store.asked.wait()
        task.cancel()
        for _ in range(2):
            store.turns.release()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert store.seen == ["taken", "given back"]
        # Once more, while it is given back.
        store = HeldStore()
        await canceled_during(asyncio.ensure_future(call(store)), store, store.asked, store.giving_back)
        assert store.seen == ["taken", "given back"]
        # A key of another delivery stays.
        store = HeldStore(replayed=True)
        await canceled_during(asyncio.ensure_future(call(store)), store, store.asked)
        assert store.seen == []

    asyncio.run(run())


@pytest.mark.parametrize("call", CALLS)
def test_a_task_canceled_when_its_work_is_done_keeps_the_key(call: Call) -> None:
    """What is done is noted to its end, also in a scope of anyio, and not given back."""

    async def run() -> None:
        held = HeldStore()
        held.turns.release()
        await canceled_during(asyncio.ensure_future(call(held, worked, sent)), held, held.done)
        assert held.seen == ["taken", "kept"]
        store = SlowStore()
        with anyio.CancelScope() as scope:
            canceling = asyncio.ensure_future(cancel_at(store.done, scope))
            await call(store, worked, sent)
        assert canceling.done() and scope.cancel_called
        assert store.seen == ["taken", "kept"]

    asyncio.run(run())


@pytest.mark.parametrize("call", CALLS)
def test_a_copy_that_is_canceled_changes_nothing(call: Call) -> None:
    async def run() -> None:
        store = HeldStore(replayed=True)
        store.turns.release()
        await canceled_during(asyncio.ensure_future(call(store)), store, store.done)
        # Not left half asked: its connection may be of use yet.
        assert store.seen == ["asked"]

    asyncio.run(run())


def test_a_canceled_link_leaves_no_store_half_asked() -> None:
    async def run() -> None:
        store = SlowStore()
        app = FastAPI()
        links = for_fastapi.QueryDependency(query_verifier(), store=store)

        @app.get("/link")
        async def link(verified: Annotated[VerifiedQuery, Depends(links)]) -> None:
            await asyncio.sleep(60)

        query = sign_query(QueryProfile.COUNTERMARK_V1, KEY, {"email": "jane@example.com"}, audience=AUDIENCE)
        scope = {**asgi_scope(), "method": "GET", "path": "/link", "query_string": query.encode()}
        with anyio.CancelScope() as canceled:
            canceling = asyncio.ensure_future(cancel_at(store.asked, canceled))
            await app(scope, received, unsent)
        assert canceling.done()
        # It is used.
        assert store.seen == ["taken"]

    asyncio.run(run())


def test_django_gives_the_key_back_when_the_sender_goes_away() -> None:
    from django.core.asgi import get_asgi_application
    from django.urls import clear_url_caches, path

    async def run() -> None:
        store = SlowStore()
        urlpatterns[:] = [path("hook", for_django.verify_webhook(verifier(), store=store)(never))]
        clear_url_caches()
        messages = [{"type": "http.request", "body": b"{}", "more_body": False}]

        async def receive() -> Any:
            if messages:
                return messages.pop()
            await store.asked.wait()
            return {"type": "http.disconnect"}

        scope = {**asgi_scope(), "server": ("127.0.0.1", 80)}
        scope["headers"] = [*scope["headers"], (b"host", b"127.0.0.1")]
        await get_asgi_application()(scope, receive, unsent)
        assert store.seen == ["taken", "given back"]

    asyncio.run(run())
