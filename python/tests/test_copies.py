"""Webhooks that come again: what no vector can ask."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

import pytest
import serving
from fastapi import Depends, FastAPI
from frameworks import asgi_scope, signed, verifier
from starlette.responses import Response

from countermark import MemoryReplayStore, VerifiedWebhook
from countermark.contrib import asgi, aws_lambda
from countermark.contrib.fastapi import WebhookDependency

Send = Callable[[], int]


def nothing() -> None:
    pass


def blocking(store: Any, work: Callable[[], None] = nothing) -> Send:
    handler = aws_lambda.verify_webhook(verifier(), store=store)(lambda *_: work())
    event = {"body": "{}", "headers": dict(signed(b"{}", "msg_copy"))}
    return lambda: int(handler(event, None)["statusCode"])


def with_asyncio(store: Any, work: Callable[[], None] = nothing) -> Send:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        work()
        await Response()(scope, receive, send)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    def send() -> int:
        messages: list[Any] = []

        async def sent(message: Any) -> None:
            messages.append(message)

        asyncio.run(asgi.WebhookMiddleware(app, verifier(), path="/hook", store=store)(asgi_scope(), receive, sent))
        return int(messages[0]["status"])

    return send


sites = pytest.mark.parametrize("site", [blocking, with_asyncio])


@sites
def test_a_copy_must_come_again_while_the_first_may_fail(site: Callable[..., Send]) -> None:
    meanwhile: list[int] = []

    def work() -> None:
        # On a thread, as if from another connection.
        with ThreadPoolExecutor(1) as pool:
            meanwhile.append(pool.submit(send).result())

    send = site(MemoryReplayStore(), work)
    assert [send(), send(), send()] == [200, 200, 200]
    assert meanwhile == [409]


class OlderStore:
    """A store of one's own, as it was enough before there was a `commit`."""

    def __init__(self) -> None:
        self.memory = MemoryReplayStore()
        self.reserve, self.release = self.memory.reserve, self.memory.release


class AsyncOlderStore:
    def __init__(self) -> None:
        self.memory = MemoryReplayStore()

    async def reserve(self, key: str, until_ms: int) -> None:
        self.memory.reserve(key, until_ms)

    async def release(self, key: str) -> bool:
        return self.memory.release(key)


@pytest.mark.parametrize(("site", "store"), [(blocking, OlderStore()), (with_asyncio, OlderStore()), (with_asyncio, AsyncOlderStore())])
def test_a_store_that_knows_of_no_end_goes_on(site: Callable[..., Send], store: Any, caplog: pytest.LogCaptureFixture) -> None:
    send = site(store)
    assert [send(), send()] == [200, 409]
    # It is no fault, so nothing says so at each webhook.
    assert [level for level, _ in logged(caplog)] == ["WARNING"]


def logged(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(record.levelname, record.getMessage()) for record in caplog.records if record.name == "countermark"]


@sites
def test_operators_hear_of_copies_and_of_a_store_that_fails(site: Callable[..., Send], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="countermark")
    send = site(MemoryReplayStore())
    assert [send(), send()] == [200, 200]
    [(level, text)] = logged(caplog)
    assert (level, text.startswith("webhook came again: "), "msg_" in text) == ("INFO", True, False)
    caplog.clear()

    class Failing(OlderStore):
        def commit(self, key: str) -> None:
            raise RuntimeError("the store is away")

        is_committed = commit

    send = site(Failing())
    assert [send(), send()] == [200, 409]
    noted, asked, (level, text) = logged(caplog)
    assert noted == ("ERROR", "the store of replay keys failed: commit")
    assert asked == ("ERROR", "the store of replay keys failed: is_committed")
    assert (level, text.startswith("webhook refused: ")) == ("WARNING", True)


@sites
def test_only_true_says_that_work_is_done(site: Callable[..., Send]) -> None:
    class Odd(OlderStore):
        def commit(self, key: str) -> None: ...

        def is_committed(self, key: str) -> object:
            return object()

    send = site(Odd())
    assert [send(), send()] == [200, 409]


def test_fastapi_sees_the_status_that_is_set() -> None:
    app, statuses = FastAPI(), [503, 202]
    hooks = WebhookDependency(verifier(), store=MemoryReplayStore())

    @app.post("/hook")
    async def hook(webhook: Annotated[VerifiedWebhook, Depends(hooks)], response: Response) -> None:
        response.status_code = statuses.pop(0)

    headers = signed(b"{}", "msg_set")
    with serving.asgi(app) as address:
        assert serving.send(f"{address}/hook", b"{}", headers).status == 503
        assert serving.send_again(f"{address}/hook", b"{}", headers).status == 202
        assert serving.send_again(f"{address}/hook", b"{}", headers).status == 200
