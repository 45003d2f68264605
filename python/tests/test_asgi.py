"""The middleware where no Starlette is. What it shares with the other helpers: `test_receivers.py`."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import serving
from frameworks import asgi_scope, signed, verifier
from quart import Quart, request
from starlette.responses import Response

from countermark import ConfigError, MemoryReplayStore
from countermark.contrib import asgi, fastapi

WITHOUT = """
import sys
sys.modules |= dict.fromkeys(["starlette", "fastapi", "anyio"])
import countermark.contrib.asgi
"""


def test_it_needs_no_framework() -> None:
    # Where no source is taken for the package.
    subprocess.run([sys.executable, "-c", WITHOUT], check=True, cwd=Path(__file__).parent)
    # The name that it had.
    assert fastapi.WebhookMiddleware is asgi.WebhookMiddleware


def test_quart() -> None:
    app, statuses = Quart("test"), [503, 200]

    @app.post("/hook")
    async def hook() -> tuple[bytes, int]:
        assert await request.get_data() == b"{}"
        return request.scope["countermark.webhook"].body, statuses.pop(0)

    app.asgi_app = asgi.WebhookMiddleware(  # type: ignore[method-assign]
        app.asgi_app, verifier(), path="/hook", store=MemoryReplayStore()
    )
    with serving.asgi(app) as address:
        headers = signed(b"{}", "msg_quart")
        assert [serving.send(f"{address}/hook", b"{}", headers).status for _ in range(2)] == [503, 200]
        assert serving.send_again(f"{address}/hook", b"{}", headers).status == 200
        assert not statuses
        assert serving.send(f"{address}/hook", b"{ }", signed(b"{}", "msg_quart")).status == 401
        assert serving.send(f"{address}/hook", b"x" * 100_001).status == 413


def status(app: Any, scope: dict[str, Any]) -> int:
    messages: list[Any] = []
    came = [{"type": "http.request", "body": b"{}", "more_body": False}]

    async def receive() -> Any:
        while not came:
            await asyncio.sleep(60)
        return came.pop()

    async def send(message: Any) -> None:
        messages.append(message)

    asyncio.run(app(scope, receive, send))
    return int(messages[0]["status"])


def forged(target: str, root_path: str = "") -> dict[str, Any]:
    """What a server makes of a target; nothing is signed."""
    return {**asgi_scope(), "path": unquote(target), "raw_path": target.encode(), "root_path": root_path, "headers": [], "http_version": "1.1"}


def around(app: Any, path: str = "/hook") -> asgi.WebhookMiddleware:
    return asgi.WebhookMiddleware(app, verifier(), path=path)


ALSO_THE_PATH = [
    "/hook", "//hook", "/hook/", "/hook//", "/HOOK", "/./hook", "/x/../hook", "/../hook", "/hook/x/..", "/hook/.", "/%68ook", "/%2568ook", "/hoo%25256b",
    "%2Fhook", "hook", "%20/hook", "/ho%09ok", "/hook%3Fx/y", "/hook%23x", "/hook;x", "/hook%5C", "/x/%2e%2e/hook", "/x%2F..%2Fhook",
    "http://x/hook", "http://x/hook;a", "HTTP://x:1//hook/", "//x/hook", "http:/hook", "x:hook", "http:%2F%2Fx/hook", "ht%09tp://x/hook",
]  # fmt: skip


@pytest.mark.parametrize("target", ALSO_THE_PATH)
def test_no_other_way_to_write_the_path_passes(target: str) -> None:
    """Routers are laxer than a comparison to the letter, each in its own way."""
    assert status(around(Response()), forged(target)) == 400
    # Rewritten on its way, where the router takes what came; and the other way round.
    assert status(around(Response()), forged(target) | {"path": "/other"}) == 400
    assert status(around(Response()), forged("/other") | {"path": unquote(target)}) == 400
    # A setting that is written otherwise.
    assert status(around(Response(), "Hook/"), forged(target)) == 400


@pytest.mark.parametrize(("path", "target", "root_path"), [
    ("/hook", "/api/hook", "/api"), ("/hook", "/hook", "/api"), ("/hook", "/api//HOOK/", "/api/"), ("/hook", "//api/hook", "/API"),
    ("/hook", "/x/api/hook", "/api"), ("/hook", "/x/apihook", "/api"), ("/hook", "/api/x/../hook", "/api"), ("/", "/api", "/api"),
    ("/api/hook", "/api/hook", "/api"), ("/api/hook", "/hook", "/api"), ("/api/hook", "/x/api/hook", "/api"), ("/api/hook", "/apihook", "/api"),
    ("/github", "/G\u0130thub", ""), ("/github", "/g\u0131thub", ""), ("/hook", "x/hook", "/"), ("/hook", "http://x/hook", "/api"),
])  # fmt: skip
def test_nor_one_below_a_root(path: str, target: str, root_path: str) -> None:
    assert status(around(Response(), path), forged(target, root_path)) == 400


@pytest.mark.parametrize("target", ["/", "/hooks", "/x/hook", "/hook/x", "/my%20files/hook", "/api/hook", "/ho/ok", "/hook/.."])
def test_another_path_passes(target: str) -> None:
    assert status(around(Response()), forged(target)) == 200
    assert status(around(Response()), forged("/api" + target, "/api")) == (400 if target == "/api/hook" else 200)


@pytest.mark.parametrize("target", ["//hook", "http://x/hook", "%20/hook", "x:hook", "http://x/ho%09ok;a"])
def test_quart_routes_what_is_not_the_path_to_the_letter(target: str) -> None:
    app = Quart("test")

    @app.post("/hook")
    async def hook() -> str:
        return "handled"

    assert status(app, forged(target)) == 200
    assert status(around(app), forged(target)) == 400


@pytest.mark.parametrize("path", ["/hook/{name}", "/hook/<name>", "/hook/:name", "/*"])
def test_a_pattern_is_no_path(path: str) -> None:
    with pytest.raises(ConfigError):
        around(Response(), path)
