"""A store that blocks, where there is an event loop: while it waits for its server, other requests go on."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

import pytest
from django.http import HttpResponse
from django.test import AsyncRequestFactory
from fastapi import Depends, FastAPI
from frameworks import AUDIENCE, KEY, asgi_scope, query_verifier, signed, verifier
from receiving import Store
from starlette.responses import Response

from countermark import QueryProfile, VerifiedQuery, VerifiedWebhook
from countermark.contrib import asgi
from countermark.contrib import django as for_django
from countermark.contrib import fastapi as for_fastapi
from countermark.testing import sign_query


class Blocking(Store):
    """Answers when the loop has gone on, or never."""

    def __init__(self) -> None:
        super().__init__()
        self.loop_went_on = threading.Event()

    def _asked(self, step: str, key: str) -> None:
        super()._asked(step, key)
        assert self.loop_went_on.wait(5), step


def link() -> str:
    return sign_query(QueryProfile.COUNTERMARK_V1, KEY, {"email": "jane@example.com"}, audience=AUDIENCE)


async def called(app: Any, scope: dict[str, Any]) -> int:
    statuses: list[int] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: Any) -> None:
        statuses.extend([message["status"]] if "status" in message else [])

    await app(scope, receive, send)
    return statuses[0]


async def by_asgi(store: Store) -> int:
    return await called(asgi.WebhookMiddleware(Response(), verifier(), path="/hook", store=store), asgi_scope())


def fastapi_app(store: Store) -> FastAPI:
    app = FastAPI()
    hooks = for_fastapi.WebhookDependency(verifier(), store=store)
    links = for_fastapi.QueryDependency(query_verifier(), store=store)

    @app.post("/hook")
    async def hook(webhook: Annotated[VerifiedWebhook, Depends(hooks)]) -> None:
        pass

    @app.get("/link")
    async def opened(verified: Annotated[VerifiedQuery, Depends(links)]) -> None:
        pass

    return app


async def by_fastapi(store: Store) -> int:
    return await called(fastapi_app(store), asgi_scope())


async def by_fastapi_link(store: Store) -> int:
    scope = {**asgi_scope(), "method": "GET", "path": "/link", "query_string": link().encode(), "headers": []}
    return await called(fastapi_app(store), scope)


async def by_django(store: Store) -> int:
    @for_django.verify_webhook(verifier(), store=store)
    async def hook(request: Any) -> None:
        pass

    headers = {name: value for name, value in signed(b"{}", "msg_blocking") if name != "Content-Type"}
    request = AsyncRequestFactory().post("/hook", b"{}", content_type="application/json", headers=headers)
    return int((await hook(request)).status_code)


async def by_django_link(store: Store) -> int:
    @for_django.verify_query(query_verifier(), store=store)
    async def opened(request: Any) -> HttpResponse:
        return HttpResponse()

    return int((await opened(AsyncRequestFactory().get(f"/link?{link()}"))).status_code)


@pytest.mark.parametrize(("site", "steps"), [
    (by_asgi, ["reserve", "commit"]), (by_fastapi, ["reserve", "commit"]), (by_fastapi_link, ["reserve"]),
    (by_django, ["reserve", "commit"]), (by_django_link, ["reserve"]),
])  # fmt: skip
def test_the_loop_goes_on(site: Callable[[Store], Coroutine[Any, Any, int]], steps: list[str]) -> None:
    store = Blocking()

    async def run() -> int:
        asyncio.get_running_loop().call_later(0.1, store.loop_went_on.set)
        return await site(store)

    assert asyncio.run(run()) == 200
    assert store.calls == steps


def test_a_function_that_gives_a_coroutine_is_awaited() -> None:
    """As a decorator makes one: it does not look like a coroutine function."""
    store, asked = Store(), list[str]()

    class Wrapped:
        def __getattr__(self, step: str) -> Any:
            async def late(*given: Any) -> Any:
                asked.append(step)
                return getattr(store, step)(*given)

            return lambda *given: late(*given)

    wrapped: Any = Wrapped()
    assert [asyncio.run(by_asgi(wrapped)) for _ in range(2)] == [200, 200]
    assert asked == ["reserve", "commit", "reserve", "is_committed"]


def test_without_asyncio_it_is_asked_at_once() -> None:
    """As under trio, which has threads of its own."""
    store = Store()
    with pytest.raises(StopIteration) as ended:
        by_asgi(store).send(None)
    assert (ended.value.value, store.calls) == (200, ["reserve", "commit"])


class Late(Store):
    """Takes the key when the loop is about to end."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked, self.loop_ends = threading.Event(), threading.Event()

    def _asked(self, step: str, key: str) -> None:
        super()._asked(step, key)
        if step == "reserve":
            self.is_asked.set()
            self.loop_ends.wait(5)


def test_a_key_that_a_thread_takes_while_the_loop_ends_is_given_back() -> None:
    store = Late()

    async def server() -> None:
        requests = asyncio.ensure_future(by_asgi(store))
        await asyncio.to_thread(store.is_asked.wait, 5)
        asyncio.get_running_loop().call_later(0.2, store.loop_ends.set)
        # As at the end of a server's time of grace: all tasks are canceled.
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.wait({requests})

    asyncio.run(server())
    assert store.calls == ["reserve", "release"]
