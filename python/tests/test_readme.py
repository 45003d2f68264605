"""The programs of the README, as they stand there."""

from __future__ import annotations

import asyncio
import base64
import gzip
import http.client
import io
import json
import os
import re
import socket
import threading
import urllib.parse
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import bottle
import fastapi
import flask
import pytest
import redis.asyncio
import serving
import frameworks  # noqa: F401  It configures Django.
import tornado.httpserver
import tornado.web
from aiohttp import web
from django.test import RequestFactory, override_settings
from receiving import Store
from werkzeug.serving import make_server
from werkzeug.wsgi import get_input_stream

from countermark import (
    CountermarkError,
    MemoryReplayStore,
    SecureSignPending,
    VerificationError,
    VerifiedWebhook,
    WebhookKey,
    WebhookVerifier,
)
from countermark.stores import AsyncRedisStore, RedisStore
from countermark.testing import IdServer, SignedWebhook, sign_webhook

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "python/README.md").read_text()
FRONT_PAGE = (ROOT / "README.md").read_text()


def program(heading: str, page: str = README) -> str:
    """The first program under a heading."""
    found = re.search(rf"\n##+ {heading}\n.*?```python\n(.*?)```", page, re.S)
    assert found, heading
    return found[1]


def test_a_webhook(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("GITHUB_SECRET", "a secret")
    names: dict[str, Any] = {}
    exec(program("A webhook"), names)
    signed = sign_webhook("github", "a secret", b"{}")
    names["receive"](signed.headers, b"{}")
    assert capsys.readouterr().out == "b'{}'\n"
    with pytest.raises(VerificationError):
        names["receive"](signed.headers, b"{ }")


def test_a_login(
    countermark_id_server: IdServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    countermark_id_server.plan("approve")
    exec(program("A login").replace("http://127.0.0.1:40017", countermark_id_server.server.rstrip("/")), {})
    assert capsys.readouterr().out == "alice\n"
    assert (tmp_path / "symbol.png").read_bytes().startswith(b"\x89PNG")


def test_a_link(capsys: pytest.CaptureFixture[str]) -> None:
    exec(program("A signed link"), {"secret": "a secret of at least twenty characters"})
    assert capsys.readouterr().out == "jane@example.com\n"


def test_a_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = json.loads((ROOT / "tests/vectors/securesign.json").read_text())["testGroups"]
    [group] = [group for group in vectors if group["request"]["op"] == "securesign.callback"][:1]
    [query] = group["tests"][0]["request"]["queries"]
    claim = json.loads(base64.b64decode(urllib.parse.parse_qs(query)["ss_result"][0]))
    certificate = base64.b64decode(group["request"]["certificate_base64"])
    monkeypatch.setenv("SECURESIGN_KEY", "ss_test_emulator")
    server = IdServer("--securesign-origin", "https://shop.example", "--securesign-tenant", "org_9f2a")
    names: dict[str, Any] = {"store": MemoryReplayStore()}
    visitor: dict[str, SecureSignPending] = {}
    with server:
        exec(program("A signature by SecureSign").replace("http://127.0.0.1:40017", server.server.rstrip("/")), names)
        digest = base64.b64decode(group["request"]["pending"][0]["hash_base64"])
        assert names["ask"](visitor, digest).startswith("securesign://sign?")
    # The signature of the vector is over this digest, whatever the request is called.
    claim["requestId"] = visitor["pending"].request_id
    query = urllib.parse.urlencode({"ss_result": base64.b64encode(json.dumps(claim).encode())})
    assert len(names["signed"](visitor, query, certificate)) == 256
    for who, code in [(visitor, "REPLAYED"), ({}, "UNKNOWN_REQUEST")]:
        with pytest.raises(CountermarkError) as refused:
            names["signed"](who, query, certificate)
        assert refused.value.code == code

@pytest.fixture
def names(redis_port: int, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the programs of the frameworks leave to their reader."""
    monkeypatch.setenv("GITHUB_SECRET", "a secret")
    redis.Redis(port=redis_port).flushall()
    clients = SimpleNamespace(
        Redis=partial(redis.Redis, port=redis_port),
        asyncio=SimpleNamespace(Redis=partial(redis.asyncio.Redis, port=redis_port)),
    )
    verifier = WebhookVerifier("github", [WebhookKey("2026-11", "a secret")])
    return {"os": os, "redis": clients, "verifier": verifier}


def framework(name: str) -> str:
    [text] = re.findall(rf"^# {name}\b.*\n((?:[^#\n].*\n|\n)*)", program("In a framework"), re.M)
    return str(text)


def signed() -> SignedWebhook:
    return sign_webhook("github", "a secret", b"{}")


def test_django(names: dict[str, Any], redis_port: int) -> None:
    caches = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": f"redis://127.0.0.1:{redis_port}"}}
    with override_settings(CACHES=caches):
        exec(framework("Django"), names)

    def status(body: bytes) -> int:
        request = RequestFactory(SERVER_NAME="127.0.0.1").post(
            "/hook", body, content_type="text/plain", headers=dict(signed().headers)
        )
        return int(names["hook"](request).status_code)

    assert [status(b"{}"), status(b"{}"), status(b"{ }")] == [200, 200, 401]


def test_flask_and_the_front_page(names: dict[str, Any]) -> None:
    app, handled = flask.Flask("test"), list[bytes]()
    names |= {"app": app, "g": flask.g, "handle": handled.append, "RedisStore": RedisStore}
    names |= {"WebhookKey": WebhookKey, "WebhookVerifier": WebhookVerifier}
    exec(framework("Flask") + program("Python", FRONT_PAGE), names)
    with serving.wsgi(app) as url:
        statuses = [serving.send(f"{url}/hook", body, signed().headers).status for body in (b"{}", b"{}", b"{ }")]
    assert statuses == [200, 200, 401]
    assert handled == [b"{}"]


def test_fastapi(names: dict[str, Any]) -> None:
    app = fastapi.FastAPI()
    names |= {"app": app, "Annotated": Annotated, "Depends": fastapi.Depends, "VerifiedWebhook": VerifiedWebhook}
    exec(framework("FastAPI"), names | {"AsyncRedisStore": AsyncRedisStore})
    with serving.asgi(app) as url:
        assert serving.send(f"{url}/hook", b"{}", signed().headers).body == b"null"
        assert serving.send_again(f"{url}/hook", b"{}", signed().headers).body == b'{"detail":""}'
        assert serving.send(f"{url}/hook", b"{ }", signed().headers).status == 401


def table(heading: str) -> dict[str, list[str]]:
    """The programs in the cells of a table, by its first column."""
    section = README[README.index(f"\n### {heading}\n") :]
    section = section[: section.index("\n## ")]
    rows = re.findall(r"^\| (\w+) \| (.*) \|$", section, re.M)
    return {name: [re.findall("`(.*?)`", cell)[0] for cell in cells.split(" | ")] for name, cells in rows}


SECRETS = {"github": "a secret", "slack": "a secret", "twilio": "a token of thirty-two characters"}
FORM = [("Content-Type", "application/x-www-form-urlencoded")]


@pytest.fixture(params=["aiohttp", "Bottle", "Tornado"])
def site(request: pytest.FixtureRequest) -> Callable[[dict[str, Any]], AbstractContextManager[str]]:
    """Serves the program of another framework in that, with what its table says."""

    def serve(names: dict[str, Any]) -> AbstractContextManager[str]:
        exec(program("In another framework"), names)
        if request.param == "aiohttp":
            return in_a_loop(lambda socket: in_aiohttp(names["app"], socket))
        target, headers, body = table("In another framework")[request.param]
        given = f"({target}, {headers}, {body})"
        return in_bottle(names, given) if request.param == "Bottle" else in_a_loop(lambda socket: in_tornado(names, given, socket))

    return serve


async def in_aiohttp(app: Any, listener: socket.socket) -> None:
    await started(web.AppRunner(app), listener)


async def started(runner: web.AppRunner, listener: socket.socket) -> None:
    await runner.setup()
    await web.SockSite(runner, listener).start()


async def in_tornado(names: dict[str, Any], given: str, listener: socket.socket) -> None:
    class Hook(tornado.web.RequestHandler):
        def post(self) -> None:
            arguments = eval(given, {"self": self})
            status, headers, body = names["receive"](self.request.method, *arguments)
            self.set_status(status)
            for name, value in headers.items():
                self.set_header(name, value)
            if body:
                self.write(body)

        def log_exception(self, *_: Any) -> None:
            pass

    server = tornado.httpserver.HTTPServer(tornado.web.Application([("/hook", Hook)]))
    server.add_socket(listener)


@contextmanager
def in_a_loop(start: Callable[[socket.socket], Awaitable[None]]) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    asyncio.run_coroutine_threadsafe(start(listener), loop).result()  # type: ignore[arg-type]
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    loop.call_soon_threadsafe(loop.stop)


@contextmanager
def in_bottle(names: dict[str, Any], given: str) -> Iterator[str]:
    app = bottle.Bottle()

    @app.post("/hook")  # type: ignore[untyped-decorator]
    def hook() -> Any:
        status, headers, body = names["receive"](bottle.request.method, *eval(given, {**names, "request": bottle.request}))
        return bottle.HTTPResponse(body, status, headers)

    def ended(environ: dict[str, Any], start: Any) -> Any:
        return app({**environ, "wsgi.input": io.BytesIO(get_input_stream(environ).read())}, start)

    # Werkzeug's server says what gunicorn says, but for the end of a body.
    server = make_server("127.0.0.1", 0, ended)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def in_chunks(address: str, body: bytes, headers: list[tuple[str, str]]) -> int:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
    connection.request("POST", "/hook", iter([body[:1], body[1:]]), dict(headers), encode_chunked=True)
    return connection.getresponse().status


@pytest.mark.parametrize("scheme", SECRETS)
def test_another_framework(site: Callable[[dict[str, Any]], AbstractContextManager[str]], scheme: str) -> None:
    worked: list[bytes] = []
    store = MemoryReplayStore()

    def work(webhook: VerifiedWebhook) -> None:
        worked.append(webhook.body)
        if len(worked) == 1:
            raise RuntimeError("the work failed")

    verifier = WebhookVerifier(scheme, [WebhookKey("1", SECRETS[scheme])], max_body_bytes=1000)
    body, target = (b"Body=h%C3%A9", "/hook?a=%C3%A9") if scheme == "twilio" else (b"{}", "/hook")

    def send(body: bytes, told: bytes | None = None) -> serving.Reply:
        url = "https://hooks.example" + target
        kind = FORM if scheme == "twilio" else []
        made = sign_webhook(scheme, SECRETS[scheme], told or body, headers=kind, method="POST", url=url)
        return serving.send(address + target, body, [*kind, *made.headers])

    with site({"verifier": verifier, "store": store, "work": work}) as address:
        assert [send(body).status for _ in range(2)] == [500, 200]
        if scheme == "slack":
            # It signs its time, which goes on; and asks a question first.
            reply = send(b'{"type":"url_verification","challenge":"abc","token":"t"}')
            assert (reply.status, b"abc" in reply.body) == (200, True)
        elif scheme == "github":
            assert send(body).status == 200
            # Another one, which is still at work.
            under_way = verifier.verify(sign_webhook(scheme, SECRETS[scheme], b"[]").headers, b"[]").replay_key
            assert under_way is not None
            store.reserve(under_way, 4_000_000_000_000)
            assert send(b"[]").status == 409
            store.release(under_way)
            # In chunks, a copy.
            assert in_chunks(address, body, sign_webhook(scheme, SECRETS[scheme], body).headers) == 200
        assert worked == [body, body]
        refused = send(body + b" ", body)
        assert (refused.status, refused.headers["X-Content-Type-Options"]) == (401, "nosniff")
        assert send(b"x" * 1001).status == 413
    # The same bytes of Twilio may mean something new, so they have no key.
    assert store.size == (0 if scheme == "twilio" else 1)


async def later(webhook: VerifiedWebhook) -> None:
    raise AssertionError("nobody awaits it")


class OfAsyncio(Store):
    async def reserve(self, key: str, until_ms: int) -> None:  # type: ignore[override]
        raise AssertionError("nobody awaits it")


class SaysFalse(Store):
    """As the stores of PHP say that a key is taken."""

    def reserve(self, key: str, until_ms: int) -> bool:  # type: ignore[override]
        return False


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
@pytest.mark.parametrize(("store", "work", "calls"), [
    (Store(), later, ["reserve", "release"]), (OfAsyncio(), None, []), (SaysFalse(), None, []),
])  # fmt: skip
def test_another_framework_with_what_does_not_fit(store: Store, work: Any, calls: list[str]) -> None:
    """No success is told, since nothing has worked."""
    worked: list[VerifiedWebhook] = []
    verifier = WebhookVerifier("github", [WebhookKey("1", "a secret")])
    names: dict[str, Any] = {"verifier": verifier, "store": store, "work": work or worked.append}
    exec(program("In another framework"), names)
    with pytest.raises(TypeError):
        names["receive"]("POST", "/hook", signed().headers, b"{}")
    assert (worked, store.calls) == ([], calls)


def test_tornado_and_no_body() -> None:
    """The ping of an event webhook of Discord is answered with 204, for which Tornado takes no body."""
    names: dict[str, Any] = {"receive": lambda *_: (204, {}, b"")}
    given = "({}, {}, {})".format(*table("In another framework")["Tornado"])
    with in_a_loop(lambda socket: in_tornado(names, given, socket)) as address:
        assert serving.send(f"{address}/hook", b"{}").status == 204
    assert "`if body: self.write(body)`" in README


@pytest.mark.parametrize("inflates", [True, False])
def test_aiohttp_and_what_it_inflates(inflates: bool) -> None:
    body = gzip.compress(b"{}")
    names: dict[str, Any] = {"store": MemoryReplayStore(), "work": lambda webhook: None}
    names["verifier"] = WebhookVerifier("github", [WebhookKey("1", "a secret")])
    exec(program("In another framework"), names)
    [call] = re.findall(r"`(web\.AppRunner\(.*?\))`", README)
    runner = web.AppRunner(names["app"]) if inflates else eval(call, {"web": web, **names})
    with in_a_loop(lambda socket: started(runner, socket)) as address:
        headers = [("Content-Encoding", "gzip"), *sign_webhook("github", "a secret", body).headers]
        assert serving.send(f"{address}/hook", body, headers).status == (401 if inflates else 200)
