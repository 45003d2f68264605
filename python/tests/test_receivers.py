"""The framework helpers, each asked the same as those of every other language: ``tests/vectors/receiver``."""

# Without `from __future__ import annotations`: FastAPI reads the annotations when the program runs.

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote

import flask
import pytest
import serving
import frameworks  # Configures Django.
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import clear_url_caches, re_path
from django.views.decorators.csrf import csrf_exempt
from fastapi import Depends, FastAPI
from receiving import Case, Handle, Store, handled, invoked, seen, sent, signed
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from werkzeug.serving import make_server

from countermark import (
    ConfigError,
    CountermarkError,
    QueryKey,
    QueryProfile,
    SchemeSpec,
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
from countermark.testing import sign_query

VECTORS = Path(__file__).resolve().parents[2] / "tests/vectors/receiver"
WEBHOOKS = json.loads((VECTORS / "webhooks.json").read_text())
LINKS = json.loads((VECTORS / "links.json").read_text())
METHODS = ["GET", "HEAD", "OPTIONS", "POST"]

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


def flask_app(verifier: WebhookVerifier, given: Case, handle: Handle, asked: Case) -> tuple[str, Any]:
    app = flask.Flask("test")

    def hook(**_: Any) -> Any:
        status = handle(flask.g.webhook)
        return ("own", status) if status else None

    guarded = for_flask.verify_webhook(verifier, **given)(hook)
    app.add_url_rule("/<path:path>", "hook", guarded, methods=METHODS)
    if "read_first" in asked:
        app.before_request(lambda: flask.request.get_json() and None)
    return "wsgi", app


def django_app(verifier: WebhookVerifier, given: Case, handle: Handle, asked: Case) -> tuple[str, Any]:
    def hook(request: Any) -> Any:
        status = handle(request.webhook)
        return HttpResponse("own", status=status) if status else None

    guarded = for_django.verify_webhook(verifier, **given)(hook)

    @csrf_exempt
    def site(request: Any) -> Any:
        if "read_first" in asked:
            assert request.body
        return guarded(request)

    django_site(site)
    return "wsgi", get_wsgi_application()


def django_asgi_app(verifier: WebhookVerifier, given: Case, handle: Handle, asked: Case) -> tuple[str, Any]:
    async def hook(request: Any) -> Any:
        status = handle(request.webhook)
        return HttpResponse("own", status=status) if status else None

    guarded = for_django.verify_webhook(verifier, **given)(hook)

    @csrf_exempt
    async def site(request: Any) -> Any:
        if "read_first" in asked:
            assert request.body
        return await guarded(request)

    django_site(site)
    return "asgi", get_asgi_application()


def django_site(view: Any) -> None:
    """Makes a view the only one."""
    frameworks.urlpatterns[:] = [re_path("", view)]
    clear_url_caches()


def fastapi_app(verifier: WebhookVerifier, given: Case, handle: Handle, asked: Case) -> tuple[str, Any]:
    async def read(request: Request) -> None:
        if "read_first" in asked:
            await request.body()

    app = FastAPI(dependencies=[Depends(read)])
    given = {name: value for name, value in given.items() if name != "handshake_secret"}
    hooks = for_fastapi.WebhookDependency(verifier, **given)

    @app.api_route("/{path:path}", methods=METHODS)
    async def hook(webhook: Annotated[VerifiedWebhook, Depends(hooks)]) -> Response:
        status = handle(webhook)
        return PlainTextResponse("own", status) if status else Response()

    return "asgi", app


def middleware_app(verifier: WebhookVerifier, given: Case, handle: Handle, asked: Case) -> tuple[str, Any]:
    async def hook(scope: Any, receive: Any, send: Any) -> None:
        status = handle(scope["countermark.webhook"])
        await (PlainTextResponse("own", status) if status else Response())(scope, receive, send)

    return "asgi", for_fastapi.WebhookMiddleware(hook, verifier, path=unquote(asked["target"].partition("?")[0]), **given)


def lambda_app(verifier: WebhookVerifier, given: Case, handle: Handle, asked: Case) -> tuple[str, Any]:
    def hook(webhook: Any, event: Any, context: Any) -> Any:
        status = handle(webhook)
        return {"statusCode": status, "body": "own"} if status else None

    return "lambda", aws_lambda.verify_webhook(verifier, **given)(hook)


APPS = {
    "python/flask": flask_app,
    "python/django": django_app,
    "python/django-asgi": django_asgi_app,
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
        SchemeSpec(**receiver["own"]) if "own" in receiver else receiver["scheme"],
        [WebhookKey("1", receiver["secret"])],
        check_time=receiver.get("check_time"),
        max_body_bytes=receiver["max_body_bytes"],
    )


@pytest.mark.parametrize(("shell", "receiver", "asked", "exchanges", "status"), list(cases(WEBHOOKS, list(APPS))))
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

    try:
        server, application = APPS[shell](verifier_of(receiver), options(receiver, store), handle, asked)
    except ConfigError as error:
        # What would be a fault of every request is one of the receiver here, and said before any comes.
        assert (error.code, "origin" in str(error)) == ("INVALID_CONFIG", True)
        assert all((exchange["answer"], exchange["calls"]) == ({"fault": 500}, []) for exchange in exchanges)
        return
    for exchange in exchanges:
        store.calls.clear()
        now = exchange
        store.fails = exchange.get("store", {})
        framing = exchange.get("framing", asked.get("framing"))
        reply = invoked(application, request) if server == "lambda" else sent(ports[server], request, framing)
        if status is not None:
            assert (reply and reply.status, store.calls) == (status, [])
            return
        seen(shell, reply, exchange, store, asked["method"], WEBHOOKS["public_text"])
    assert len(store.keys) <= 1


@pytest.mark.parametrize("shell", list(APPS))
@pytest.mark.parametrize("case", WEBHOOKS["constructions"], ids=lambda case: case["comment"])
def test_when_a_receiver_is_made(shell: str, case: Case) -> None:
    if any(shell in unable["shells"] for unable in case.get("unable", [])):
        return

    def make() -> None:
        APPS[shell](verifier_of(case["receiver"]), options(case["receiver"], Store()), lambda _: None, {"target": "/hook"})

    if "error" not in case:
        make()
        return
    with pytest.raises(CountermarkError) as refused:
        make()
    assert refused.value.code == case["error"]


def link_apps(verifier: SignedQueryVerifier, store: Store, handle: Handle) -> dict[str, Callable[[], tuple[str, Any]]]:
    def with_flask() -> tuple[str, Any]:
        app = flask.Flask("test")

        @app.route("/link", methods=[*METHODS, "PROPFIND"])
        @for_flask.verify_query(verifier, store=store)
        def link() -> Any:
            return "own", handle(flask.g.verified_query)

        return "wsgi", app

    def with_django() -> tuple[str, Any]:
        @for_django.verify_query(verifier, store=store)
        def link(request: Any) -> Any:
            return HttpResponse("own", status=handle(request.verified_query))

        # Django's own check of forms would answer before the link is looked at.
        django_site(csrf_exempt(link))
        return "wsgi", get_wsgi_application()

    def with_django_asgi() -> tuple[str, Any]:
        @for_django.verify_query(verifier, store=store)
        async def link(request: Any) -> Any:
            return HttpResponse("own", status=handle(request.verified_query))

        django_site(csrf_exempt(link))
        return "asgi", get_asgi_application()

    def with_fastapi() -> tuple[str, Any]:
        app = FastAPI()
        links = for_fastapi.QueryDependency(verifier, store=store)

        @app.get("/link", response_class=PlainTextResponse)
        async def link(verified: Annotated[VerifiedQuery, Depends(links)], response: Response) -> str:
            response.status_code = handle(verified)
            return "own"

        return "asgi", app

    return {
        "python/flask": with_flask,
        "python/django": with_django,
        "python/django-asgi": with_django_asgi,
        "python/fastapi": with_fastapi,
    }


PROFILES = {"countermark-v1": QueryProfile.COUNTERMARK_V1}
LINK_SHELLS = ["python/flask", "python/django", "python/django-asgi", "python/fastapi"]


@pytest.mark.parametrize(("shell", "site", "asked", "exchanges", "status"), list(cases(LINKS, LINK_SHELLS)))
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
        method = exchange.get("method", "GET")
        headers = [["Sec-Purpose", exchange["purpose"]]] if "purpose" in exchange else []
        reply = sent(ports[server], {"method": method, "target": f"/link?{query}", "headers": headers, "body": b""}, None)
        if status is not None:
            assert reply is not None
            assert (reply.status, store.calls) == (status, [])
            return
        seen(shell, reply, exchange, store, method, LINKS["public_text"])
        if exchange["answer"] and "fault" not in exchange["answer"]:
            assert reply is not None
            assert (reply.headers["Referrer-Policy"], reply.headers["Cache-Control"]) == ("no-referrer", "no-store")
