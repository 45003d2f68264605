"""The framework helpers, each asked the same as those of every other language: ``tests/vectors/receiver``.

The requests are signed here and now, since receivers go by the system's clock.
"""

# Without `from __future__ import annotations`: FastAPI reads the annotations when the program runs.

import base64
import http.client
import json
import socket
import threading
import time
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote

import flask
import pytest
import serving
import test_frameworks  # Configures Django.
from django.http import HttpResponse
from django.test import override_settings
from django.urls import re_path
from fastapi import Depends, FastAPI
from starlette.responses import PlainTextResponse, Response
from werkzeug.serving import make_server

from countermark import (
    CountermarkError,
    MemoryReplayStore,
    QueryKey,
    QueryProfile,
    SignedQueryVerifier,
    VerifiedQuery,
    VerifiedWebhook,
    WebhookKey,
    WebhookVerifier,
)
from countermark.contrib import aws_lambda
from countermark.contrib import django as for_django
from countermark.contrib import fastapi as for_fastapi
from countermark.contrib import flask as for_flask
from countermark.testing import sign_query, sign_webhook

assert test_frameworks.settings.configured
VECTORS = Path(__file__).resolve().parents[2] / "tests/vectors/receiver"
WEBHOOKS = json.loads((VECTORS / "webhooks.json").read_text())
LINKS = json.loads((VECTORS / "links.json").read_text())
METHODS = ["GET", "HEAD", "OPTIONS", "POST"]

Case = dict[str, Any]
Handle = Callable[[Any], int | None]


@dataclass
class Reply:
    status: int
    body: bytes = b""
    headers: Any = None


class Store:
    """What a store is asked, by the message that is on its way; it keeps keys like any other."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.fails: dict[str, str] = {}
        self.keys: set[str] = set()
        self._memory = MemoryReplayStore()

    def reserve(self, key: str, until_ms: int) -> None:
        self._asked("reserve", key)
        self._memory.reserve(key, until_ms)

    def release(self, key: str) -> bool:
        self._asked("release", key)
        return self._memory.release(key)

    def _asked(self, step: str, key: str) -> None:
        self.calls.append(step)
        self.keys.add(key)
        if self.fails.get(step) == "throws":
            raise RuntimeError("the store is away")
        if self.fails.get(step) == "taken":
            raise CountermarkError("REPLAYED")


# The servers stay; the application behind them is that of the test.
application: Any = None


@pytest.fixture(scope="module")
def ports() -> Iterator[dict[str, int]]:
    wsgi = make_server("127.0.0.1", 0, lambda environ, start: application(environ, start), threaded=True)
    threading.Thread(target=wsgi.serve_forever, daemon=True).start()

    async def asgi(scope: Any, receive: Any, send: Any) -> None:
        await application(scope, receive, send)

    with serving.asgi(asgi) as address:
        yield {"wsgi": wsgi.server_port, "asgi": int(address.rpartition(":")[2])}
    wsgi.shutdown()


def options(receiver: Case, store: Store) -> Case:
    return {
        "store": store,
        "keep_s": receiver.get("keep_s"),
        "handshake_secret": receiver.get("handshake_secret"),
        "origin": receiver.get("origin"),
    }


def flask_app(verifier: WebhookVerifier, given: Case, handle: Handle, path: str) -> tuple[str, Any]:
    app = flask.Flask("test")

    def hook(**_: Any) -> Any:
        status = handle(flask.g.webhook)
        return ("own", status) if status else None

    guarded = for_flask.verify_webhook(verifier, **given)(hook)
    app.add_url_rule("/<path:path>", "hook", guarded, methods=METHODS)
    return "wsgi", app


def django_app(verifier: WebhookVerifier, given: Case, handle: Handle, path: str) -> tuple[str, Any]:
    from django.core.wsgi import get_wsgi_application

    def hook(request: Any) -> Any:
        status = handle(request.webhook)
        return HttpResponse("own", status=status) if status else None

    urls = types.ModuleType("urls")
    urls.urlpatterns = [re_path("", for_django.verify_webhook(verifier, **given)(hook))]  # type: ignore[attr-defined]
    answer = get_wsgi_application()

    def app(environ: Any, start: Any) -> Any:
        with override_settings(ROOT_URLCONF=urls):
            return answer(environ, start)

    return "wsgi", app


def fastapi_app(verifier: WebhookVerifier, given: Case, handle: Handle, path: str) -> tuple[str, Any]:
    app = FastAPI()
    given = {name: value for name, value in given.items() if name != "handshake_secret"}
    hooks = for_fastapi.WebhookDependency(verifier, **given)

    @app.api_route("/{path:path}", methods=METHODS)
    async def hook(webhook: Annotated[VerifiedWebhook, Depends(hooks)]) -> Response:
        status = handle(webhook)
        return PlainTextResponse("own", status) if status else Response()

    return "asgi", app


def middleware_app(verifier: WebhookVerifier, given: Case, handle: Handle, path: str) -> tuple[str, Any]:
    async def hook(scope: Any, receive: Any, send: Any) -> None:
        status = handle(scope["countermark.webhook"])
        await (PlainTextResponse("own", status) if status else Response())(scope, receive, send)

    return "asgi", for_fastapi.WebhookMiddleware(hook, verifier, path=path, **given)


def lambda_app(verifier: WebhookVerifier, given: Case, handle: Handle, path: str) -> tuple[str, Any]:
    def hook(webhook: Any, event: Any, context: Any) -> Any:
        status = handle(webhook)
        return {"statusCode": status, "body": "own"} if status else None

    return "lambda", aws_lambda.verify_webhook(verifier, **given)(hook)


APPS = {
    "python/flask": flask_app,
    "python/django": django_app,
    "python/fastapi": fastapi_app,
    "python/asgi": middleware_app,
    "python/lambda": lambda_app,
}


def cases(file: Case, shells: list[str]) -> Iterator[Any]:
    for shell in shells:
        for group in file["testGroups"]:
            for test in group["tests"]:
                unable = next((u for u in test.get("unable", []) if shell in u["shells"]), {})
                if not unable or "status" in unable:
                    receiver = {**group["receiver"], **test.get("receiver", {})}
                    request = {**group["request"], **test["request"]}
                    name = f"{shell} {test['tcId']} {test['comment']}"
                    yield pytest.param(shell, receiver, request, test["exchanges"], unable.get("status"), id=name)


def verifier_of(receiver: Case) -> WebhookVerifier:
    return WebhookVerifier(
        receiver["scheme"],
        [WebhookKey("1", receiver["secret"])],
        check_time=receiver.get("check_time"),
        max_body_bytes=receiver["max_body_bytes"],
    )


@pytest.mark.parametrize(("shell", "receiver", "asked", "exchanges", "status"), cases(WEBHOOKS, list(APPS)))
def test_a_webhook(
    shell: str, receiver: Case, asked: Case, exchanges: list[Case], status: int | None, ports: dict[str, int]
) -> None:
    global application
    request = signed(receiver, asked)
    store = Store()
    now: Case = {}

    def handle(webhook: VerifiedWebhook) -> int | None:
        store.calls.append("handle")
        assert webhook.body + webhook.unsigned_body == request["body"]
        return handled(now)

    path = unquote(request["target"].partition("?")[0])
    server, application = APPS[shell](verifier_of(receiver), options(receiver, store), handle, path)
    for exchange in exchanges:
        store.calls.clear()
        now = exchange
        store.fails = exchange.get("store", {})
        framing = exchange.get("framing", asked.get("framing"))
        reply = invoked(request) if server == "lambda" else sent(ports[server], request, framing)
        if status is not None:
            assert (reply and reply.status, store.calls) == (status, [])
            return
        seen(shell, reply, exchange, store, asked["method"], WEBHOOKS["public_text"])
    assert len(store.keys) <= 1


def handled(exchange: Case) -> int | None:
    """What the handler does."""
    does = exchange.get("handler")
    if does == "throws":
        raise RuntimeError("the database is away")
    if does == "refuses":
        raise CountermarkError("SIGNATURE_MISMATCH")
    return does


def seen(shell: str, reply: Reply | None, exchange: Case, store: Store, method: str, public_text: str) -> None:
    # A store of Python has no `commit`: a key stays taken unless it is given back.
    calls = [call for call in exchange["calls"] if call != "commit"]
    # What becomes of a key may be seen after the answer.
    waited = 0
    while len(store.calls) < len(calls) and waited < 200:
        time.sleep(0.005)
        waited += 1
    assert store.calls == calls, reply and (reply.status, reply.body)
    answer = exchange["answer"]
    if answer is None:
        return
    assert reply is not None
    if "fault" in answer:
        assert reply.status == answer["fault"]
    elif "own" in answer:
        assert (reply.status, reply.body) == (answer["own"], b"own")
    elif shell in ("python/asgi", "python/fastapi") and "handle" in calls:
        # There, the application itself answers.
        assert reply.status == answer["status"]
    else:
        ours = answer
        if "refused" in answer:
            ours = {"status": answer["refused"], "content_type": "text/plain; charset=utf-8", "body": public_text}
        if shell == "python/fastapi":
            ours |= {"content_type": "application/json", "body": json.dumps({"detail": public_text}, separators=(",", ":"))}
        assert reply.status == ours["status"]
        if method != "HEAD":
            assert reply.body.decode() == ours["body"]
        if "content_type" in ours:
            assert reply.headers["Content-Type"].startswith(ours["content_type"])
        assert reply.headers["X-Content-Type-Options"] == "nosniff"


def signed(receiver: Case, asked: Case) -> Case:
    """The request to send."""
    body = asked["body"].encode()
    if "body_base64" in asked:
        body = base64.b64decode(asked["body_base64"])
    if "body_length" in asked:
        body = b"x" * asked["body_length"]
    headers = [tuple(pair) for pair in asked["headers"]]
    target, sign = asked["target"], asked["sign"]
    if sign is not None:
        url = (sign.get("origin") or receiver.get("origin") or "https://hooks.example") + sign.get("target", target)
        made = sign_webhook(
            receiver["scheme"],
            receiver.get("signing_secret", receiver["secret"]),
            sign["body"].encode() if "body" in sign else body,
            headers=dict(headers),
            method=asked["method"],
            url=url,
            message_id=sign.get("message_id"),
            now_ms=time.time_ns() // 1_000_000 - 1000 * sign.get("age_s", 0),
        )
        headers += made.headers
        if made.query is not None:
            target = f"{target.partition('?')[0]}?{made.query}"
        if made.body is not None:
            body = made.body
    headers += [tuple(pair) for pair in asked.get("also", [])]
    if asked.get("upper"):
        headers = [(name.upper(), value) for name, value in headers]
    return {"method": asked["method"], "target": target, "headers": headers, "body": body}


def sent(port: int, request: Case, framing: str | None) -> Reply | None:
    """Sends one request over a connection of its own, byte for byte as it is written here; nothing where it goes away."""
    body = request["body"]
    length = ("Transfer-Encoding", "chunked") if framing == "chunked" else ("Content-Length", len(body))
    lines = [*request["headers"], ("Host", "127.0.0.1"), ("Connection", "close"), length]
    if framing == "expect":
        lines.append(("Expect", "100-continue"))
    head = f"{request['method']} {request['target']} HTTP/1.1\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in lines) + "\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(head.encode("latin-1"))
        if framing == "aborted":
            connection.sendall(body[: len(body) // 2])
            time.sleep(0.02)
            return None
        if framing == "expect":
            assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        if framing == "chunked":
            chunks = [body[at : at + 400] for at in range(0, len(body), 400)]
            body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
        if framing == "slow":
            for at in range(len(body)):
                connection.sendall(body[at : at + 1])
                time.sleep(0.002)
        else:
            connection.sendall(body)
        reply = http.client.HTTPResponse(connection, method=request["method"])
        reply.begin()
        return Reply(reply.status, reply.read(), reply.headers)


def invoked(request: Case) -> Reply:
    """The same as an event of AWS Lambda."""
    path, _, query = request["target"].partition("?")
    named: dict[str, list[str]] = {}
    for name, value in request["headers"]:
        named.setdefault(name.lower(), []).append(value)
    event: Case = {"body": base64.b64encode(request["body"]).decode(), "isBase64Encoded": True}
    if any(len(values) > 1 for values in named.values()):
        # Payload 2.0 joins what came twice; 1.0 keeps it apart.
        event |= {"httpMethod": request["method"], "path": path, "multiValueHeaders": named}
    else:
        event |= {"rawPath": path, "rawQueryString": query, "headers": {name: values[0] for name, values in named.items()}}
        event["requestContext"] = {"http": {"method": request["method"]}}
    try:
        answer = application(event, None)
    except Exception:
        return Reply(500)
    body = answer.get("body", "")
    headers = {name: value for name, value in answer.get("headers", {}).items()}
    return Reply(answer["statusCode"], base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode(), headers)


@pytest.mark.parametrize("shell", list(APPS))
@pytest.mark.parametrize("case", WEBHOOKS["constructions"], ids=lambda case: case["comment"])
def test_when_a_receiver_is_made(shell: str, case: Case) -> None:
    if any(shell in unable["shells"] for unable in case.get("unable", [])):
        return

    def make() -> None:
        APPS[shell](verifier_of(case["receiver"]), options(case["receiver"], Store()), lambda _: None, "/hook")

    if "error" not in case:
        make()
        return
    with pytest.raises(CountermarkError) as refused:
        make()
    assert refused.value.code == case["error"]


def link_apps(verifier: SignedQueryVerifier, store: Store, handle: Handle) -> dict[str, Callable[[], tuple[str, Any]]]:
    def with_flask() -> tuple[str, Any]:
        app = flask.Flask("test")

        @app.get("/link")
        @for_flask.verify_query(verifier, store=store)
        def link() -> Any:
            return "own", handle(flask.g.verified_query)

        return "wsgi", app

    def with_django() -> tuple[str, Any]:
        from django.core.wsgi import get_wsgi_application

        @for_django.verify_query(verifier, store=store)
        def link(request: Any) -> Any:
            return HttpResponse("own", status=handle(request.verified_query))

        urls = types.ModuleType("urls")
        urls.urlpatterns = [re_path("", link)]  # type: ignore[attr-defined]
        answer = get_wsgi_application()

        def app(environ: Any, start: Any) -> Any:
            with override_settings(ROOT_URLCONF=urls):
                return answer(environ, start)

        return "wsgi", app

    def with_fastapi() -> tuple[str, Any]:
        app = FastAPI()
        links = for_fastapi.QueryDependency(verifier, store=store)

        @app.get("/link", response_class=PlainTextResponse)
        async def link(verified: Annotated[VerifiedQuery, Depends(links)], response: Response) -> str:
            response.status_code = handle(verified)
            return "own"

        return "asgi", app

    return {"python/flask": with_flask, "python/django": with_django, "python/fastapi": with_fastapi}


PROFILES = {"countermark-v1": QueryProfile.COUNTERMARK_V1}
LINK_SHELLS = ["python/flask", "python/django", "python/fastapi"]


@pytest.mark.parametrize(("shell", "site", "asked", "exchanges", "status"), cases(LINKS, LINK_SHELLS))
def test_a_link(
    shell: str, site: Case, asked: Case, exchanges: list[Case], status: int | None, ports: dict[str, int]
) -> None:
    global application
    key = QueryKey(site["key_id"], site["secret"])
    profile = PROFILES[site["profile"]]
    verifier = SignedQueryVerifier(profile, [key], audience=site["audience"])
    query = ""
    if asked["fields"]:
        audience = asked.get("audience", site["audience"])
        now_ms = time.time_ns() // 1_000_000 - 1000 * asked.get("age_s", 0)
        query = sign_query(profile, key, dict(asked["fields"]), audience=audience, now_ms=now_ms)
    query = asked.get("prepend", "") + query + asked.get("append", "")
    query = query[: len(query) - asked.get("cut", 0)]
    store = Store()
    now: Case = {}

    def handle(verified: VerifiedQuery) -> int | None:
        store.calls.append("handle")
        assert list(verified.fields.items()) == [tuple(pair) for pair in asked["fields"]]
        return handled(now)

    server, application = link_apps(verifier, store, handle)[shell]()
    for exchange in exchanges:
        store.calls.clear()
        now = exchange
        store.fails = exchange.get("store", {})
        reply = sent(ports[server], {"method": "GET", "target": f"/link?{query}", "headers": [], "body": b""}, None)
        seen(shell, reply, exchange, store, "GET", LINKS["public_text"])
        if exchange["answer"] and "fault" not in exchange["answer"]:
            assert reply is not None
            assert (reply.headers["Referrer-Policy"], reply.headers["Cache-Control"]) == ("no-referrer", "no-store")
