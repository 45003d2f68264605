"""What is particular to Flask and FastAPI, and what the frameworks have in common but no vector can ask. What all helpers have in common:
`test_receivers.py`."""

import asyncio
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Annotated, Any

import flask
import pytest
import serving
from django.http import HttpResponse
from fastapi import Depends, FastAPI, Form, HTTPException
from frameworks import AUDIENCE, KEY, asgi_scope, chunked, query_verifier, signed, urlpatterns, verifier, work
from receiving import sent
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from werkzeug.serving import make_server

from countermark import (
    ConfigError,
    CountermarkError,
    MemoryReplayStore,
    QueryProfile,
    VerifiedQuery,
    VerifiedWebhook,
    WebhookKey,
    WebhookVerifier,
)
from countermark.contrib import django as for_django
from countermark.contrib import fastapi as for_fastapi
from countermark.contrib import flask as for_flask
from countermark.contrib._urls import asgi_target, wsgi_target
from countermark.testing import sign_query


class ForgetfulStore:
    """Takes keys, and is out of reach when one is to be given back or kept."""

    def reserve(self, key: str, until_ms: int) -> None:
        pass

    def release(self, key: str) -> bool:
        raise CountermarkError("STORE_UNAVAILABLE")

    commit = is_committed = release


def flask_app() -> AbstractContextManager[str]:
    app = flask.Flask("test")

    @app.post("/hook")
    @for_flask.verify_webhook(verifier(), store=MemoryReplayStore())
    def hook() -> Any:
        return work(flask.g.webhook)

    @app.post("/late")
    @for_flask.verify_webhook(verifier(), store=ForgetfulStore())
    async def late() -> Any:
        return work(flask.g.webhook)

    @app.get("/late-link")
    @for_flask.verify_query(query_verifier())
    async def late_link() -> Any:
        return flask.g.verified_query["email"]

    return serving.wsgi(app)


def django_urls() -> list[Any]:
    from django.http import HttpResponse
    from django.urls import path

    @for_django.verify_webhook(verifier(), store=MemoryReplayStore())
    def hook(request: Any) -> Any:
        text = work(request.webhook)
        return text and HttpResponse(text)

    @for_django.verify_webhook(verifier(), store=ForgetfulStore())
    async def late(request: Any) -> Any:
        text = work(request.webhook)
        return text and HttpResponse(text)

    @for_django.verify_query(query_verifier())
    async def late_link(request: Any) -> Any:
        return HttpResponse(request.verified_query["email"])

    views = {"hook": hook, "late": late, "late-link": late_link}
    return [path(name, view) for name, view in views.items()]


def django_app() -> AbstractContextManager[str]:
    from django.core.wsgi import get_wsgi_application
    from django.urls import clear_url_caches

    urlpatterns[:] = django_urls()
    clear_url_caches()
    return serving.wsgi(get_wsgi_application())


def fastapi_app() -> AbstractContextManager[str]:
    app = FastAPI()
    hooks = for_fastapi.WebhookDependency(verifier(), store=MemoryReplayStore())

    @app.post("/hook")
    async def hook(webhook: Annotated[VerifiedWebhook, Depends(hooks)]) -> PlainTextResponse:
        return PlainTextResponse(work(webhook) or "")

    late_hooks = for_fastapi.WebhookDependency(verifier(), store=ForgetfulStore())
    late_links = for_fastapi.QueryDependency(query_verifier())

    @app.post("/late")
    async def late(webhook: Annotated[VerifiedWebhook, Depends(late_hooks)]) -> PlainTextResponse:
        return PlainTextResponse(work(webhook) or "")

    @app.get("/late-link")
    async def late_link(verified: Annotated[VerifiedQuery, Depends(late_links)]) -> PlainTextResponse:
        return PlainTextResponse(verified["email"])

    @app.post("/strict")
    async def strict(webhook: Annotated[VerifiedWebhook, Depends(hooks)], number: int) -> PlainTextResponse:
        return PlainTextResponse(f"took {number}")

    return serving.asgi(app)


def middleware_app() -> AbstractContextManager[str]:
    app = FastAPI()

    @app.post("/hook")
    async def hook(request: Request) -> PlainTextResponse:
        webhook = request.scope["countermark.webhook"]
        assert await request.body() == webhook.body
        return PlainTextResponse(work(webhook) or "")

    return serving.asgi(
        for_fastapi.WebhookMiddleware(app, verifier(), path="/hook", store=MemoryReplayStore())
    )


APPS = {"django": django_app, "fastapi": fastapi_app, "flask": flask_app, "middleware": middleware_app}


@pytest.fixture(scope="module", params=sorted(APPS))
def site(request: pytest.FixtureRequest) -> Iterator[str]:
    with APPS[request.param]() as address:
        yield address


@pytest.fixture(scope="module", params=["django", "fastapi", "flask"])
def full_site(request: pytest.FixtureRequest) -> Iterator[str]:
    with APPS[request.param]() as address:
        yield address


def test_a_webhook_is_taken_once(site: str) -> None:
    body = b'{"amount": 1.0, "text": "\xc3\xa4"}'
    headers = signed(body, "msg_once")
    taken = serving.send(f"{site}/hook", body, headers)
    assert (taken.status, taken.body) == (200, b"took " + body)
    again = serving.send_again(f"{site}/hook", body, headers)
    assert (again.status, b"took" in again.body) == (200, False)


def test_a_view_may_be_a_coroutine_and_a_store_may_fail(full_site: str) -> None:
    headers = signed(b'"fail"', "msg_late")
    failed = serving.send(f"{full_site}/late", b'"fail"', headers)
    # The answer is that of the work that failed.
    assert (failed.status, b"STORE_UNAVAILABLE" in failed.body) == (500, False)
    assert serving.send(f"{full_site}/late", b'"good"', signed(b'"good"', "msg_good")).status == 200
    query = sign_query(QueryProfile.COUNTERMARK_V1, KEY, {"email": "jane@example.com"}, audience=AUDIENCE)
    assert serving.send(f"{full_site}/late-link?{query}").body == b"jane@example.com"


def test_fastapi_gives_the_key_back_when_another_part_of_the_request_is_wrong() -> None:
    with fastapi_app() as address:
        headers = signed(b"{}", "msg_strict")
        assert serving.send(f"{address}/strict?number=x", b"{}", headers).status == 422
        assert serving.send(f"{address}/strict?number=1", b"{}", headers).status == 200
        again = serving.send_again(f"{address}/strict?number=1", b"{}", headers)
        assert (again.status, again.body) == (200, b'{"detail":""}')


@pytest.mark.parametrize("root_path", ["", "/api"])
def test_the_middleware_guards_its_path_below_a_root_path(root_path: str) -> None:
    app = FastAPI()
    app.add_middleware(for_fastapi.WebhookMiddleware, verifier=verifier(), path="/hook")

    @app.post("/hook")
    async def hook(request: Request) -> PlainTextResponse:
        return PlainTextResponse("taken" if "countermark.webhook" in request.scope else "unguarded")

    with serving.asgi(app, root_path) as address:
        # The server puts the root path before what comes.
        assert serving.send(f"{address}/hook", b"{}").status == 400
        assert serving.send(f"{address}/hook", b"{}", signed(b"{}", "msg_root")).body == b"taken"


def test_a_body_that_cannot_be_read_is_no_empty_one() -> None:
    """A token would accept either."""
    gitlab = WebhookVerifier("gitlab-token", [WebhookKey("1", "a token of gitlab")])
    headers = [("X-Gitlab-Token", "a token of gitlab")]
    taken: list[Any] = []
    view = for_django.verify_webhook(gitlab)(taken.append)
    assert view(chunked(b"{}", headers, False)).status_code == 411
    assert not taken

    app = flask.Flask("test")

    @app.post("/hook")
    @for_flask.verify_webhook(gitlab)
    def hook() -> Any:
        return flask.g.webhook.unsigned_body

    asked = {"method": "POST", "target": "/hook", "headers": headers, "body": b"{}"}
    with serving.wsgi(app) as address:
        refused = sent(int(address.rpartition(":")[2]), asked, "chunked")
        assert refused is not None and refused.status == 411
    # A server that ends it.
    view = for_django.verify_webhook(gitlab)(lambda request: HttpResponse(request.webhook.unsigned_body))
    for site in (app, lambda environ, start: from_django(view, environ, start)):
        server = make_server("127.0.0.1", 0, site)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        read_whole = sent(server.server_port, asked, "chunked")
        server.shutdown()
        assert read_whole is not None and (read_whole.status, read_whole.body) == (200, b"{}")


def from_django(view: Any, environ: Any, start: Any) -> Any:
    from django.core.handlers.wsgi import WSGIRequest

    response = view(WSGIRequest(environ))
    start(f"{response.status_code} OK", list(response.items()))
    return [response.content]


def test_fastapi_reads_the_body_once_for_all() -> None:
    app = FastAPI()
    hooks = for_fastapi.WebhookDependency(verifier(), store=MemoryReplayStore())

    @app.post("/hook")
    async def hook(webhook: Annotated[VerifiedWebhook, Depends(hooks)], request: Request) -> Any:
        return [await request.json(), len(await request.body())]

    @app.post("/form")
    async def form(webhook: Annotated[VerifiedWebhook, Depends(hooks)], request: Request) -> Any:
        return dict(await request.form())

    @app.post("/taken-form")
    async def taken_form(webhook: Annotated[VerifiedWebhook, Depends(hooks)], name: Annotated[str, Form()]) -> None:
        raise AssertionError("nothing was verified")

    with serving.asgi(app) as address:
        assert serving.send(f"{address}/hook", b'{"a": 1}', signed(b'{"a": 1}', "msg_json")).body == b'[{"a":1},8]'
        headers = [*signed(b"name=jane", "msg_form")[1:], ("Content-Type", "application/x-www-form-urlencoded")]
        assert serving.send(f"{address}/form", b"name=jane", headers).body == b'{"name":"jane"}'

    async def receive() -> Any:
        return {"type": "http.request", "body": b"name=jane", "more_body": False}

    async def send(_: Any) -> None:
        pass

    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    with pytest.raises(ConfigError) as refused:
        asyncio.run(app({**asgi_scope(), "path": "/taken-form", "headers": raw}, receive, send))
    assert refused.value.code == "BODY_ALREADY_READ" and "raw bytes" in str(refused.value)


def test_flask_says_that_a_form_was_read_before() -> None:
    app = flask.Flask("test")
    app.testing = True

    @app.before_request
    def read() -> None:
        assert flask.request.form

    @app.post("/hook")
    @for_flask.verify_webhook(verifier())
    def hook() -> None:
        raise AssertionError("nothing was verified")

    headers = dict(signed(b"name=jane", "msg_form")[1:])
    with pytest.raises(ConfigError) as refused:
        app.test_client().post(
            "/hook", data=b"name=jane", content_type="application/x-www-form-urlencoded", headers=headers
        )
    assert refused.value.code == "BODY_ALREADY_READ" and "raw bytes" in str(refused.value)


def test_flask_keeps_no_page_of_a_link_that_fails() -> None:
    app = flask.Flask("test")

    @app.get("/link")
    @for_flask.verify_query(query_verifier())
    def link() -> None:
        flask.abort(int(flask.g.verified_query["status"]))

    @app.get("/raises")
    @for_flask.verify_query(query_verifier())
    def raises() -> None:
        raise RuntimeError("the work failed")

    query = sign_query(QueryProfile.COUNTERMARK_V1, KEY, {"status": "404"}, audience=AUDIENCE)
    for path, status in (("/link", 404), ("/raises", 500)):
        reply = app.test_client().get(f"{path}?{query}")
        assert reply.status_code == status
        assert (reply.headers["Referrer-Policy"], reply.headers["Cache-Control"]) == ("no-referrer", "no-store")


class FalseStore(ForgetfulStore):
    """With the contract of other languages: what is taken is no error there."""

    def __init__(self) -> None:
        self.keys: set[str] = set()

    def reserve(self, key: str, until_ms: int) -> bool:  # type: ignore[override]
        is_new = key not in self.keys
        self.keys.add(key)
        return is_new


def flask_of_false() -> AbstractContextManager[str]:
    app = flask.Flask("test")

    @app.post("/hook")
    @for_flask.verify_webhook(verifier(), store=FalseStore())
    def hook() -> str:
        return "took"

    @app.get("/link")
    @for_flask.verify_query(query_verifier(), store=FalseStore())
    def link() -> str:
        return "took"

    return serving.wsgi(app)


def fastapi_of_false() -> AbstractContextManager[str]:
    app = FastAPI()

    class AsyncFalseStore(FalseStore):
        async def reserve(self, key: str, until_ms: int) -> bool:  # type: ignore[override]
            return super().reserve(key, until_ms)

    hooks = for_fastapi.WebhookDependency(verifier(), store=FalseStore())
    links = for_fastapi.QueryDependency(query_verifier(), store=AsyncFalseStore())

    @app.post("/hook")
    async def hook(webhook: Annotated[VerifiedWebhook, Depends(hooks)]) -> str:
        return "took"

    @app.get("/link")
    async def link(verified: Annotated[VerifiedQuery, Depends(links)]) -> str:
        return "took"

    return serving.asgi(app)


@pytest.mark.parametrize("app", [flask_of_false, fastapi_of_false])
def test_a_store_that_says_false_has_taken_nothing(app: Callable[[], AbstractContextManager[str]]) -> None:
    query = sign_query(QueryProfile.COUNTERMARK_V1, KEY, {"email": "jane@example.com"}, audience=AUDIENCE)
    with app() as site:
        assert [serving.send(f"{site}/hook", b"{}", signed(b"{}", "msg_false")).status for _ in range(2)] == [200, 409]
        assert [serving.send(f"{site}/link?{query}").status for _ in range(2)] == [200, 409]


def test_a_store_that_nobody_awaits_takes_no_key(caplog: pytest.LogCaptureFixture) -> None:
    class AsyncStore(ForgetfulStore):
        async def reserve(self, key: str, until_ms: int) -> None:  # type: ignore[override]
            raise AssertionError("nobody awaits it")

    view = for_django.verify_webhook(verifier(), store=AsyncStore())(lambda request: pytest.fail("no key was taken"))
    request = chunked(b"{}", signed(b"{}", "msg_async"), True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert view(request).status_code == 503
    assert "an asyncio store in a program without asyncio" in caplog.text


def test_fastapi_keeps_no_page_of_a_link_that_is_refused() -> None:
    app = FastAPI()
    links = for_fastapi.QueryDependency(query_verifier())

    @app.get("/link")
    async def link(verified: Annotated[VerifiedQuery, Depends(links)]) -> None:
        raise HTTPException(403, "no account", {"X-Why": "no account"})

    query = sign_query(QueryProfile.COUNTERMARK_V1, KEY, {"email": "jane@example.com"}, audience=AUDIENCE)
    with serving.asgi(app) as site:
        reply = serving.send(f"{site}/link?{query}")
    headers = {name.lower(): value for name, value in reply.headers.items()}
    assert (reply.status, headers["x-why"]) == (403, "no account")
    assert (headers["referrer-policy"], headers["cache-control"]) == ("no-referrer", "no-store")


def test_a_path_stands_as_it_was_called() -> None:
    for path, shown in [
        ("/hook/a:b@c,d+e", "/hook/a:b@c,d+e"),
        ("/-._~!$&'()*+,;=:@", "/-._~!$&'()*+,;=:@"),
        ("/a b/\u00e4?#%", "/a%20b/%C3%A4%3F%23%25"),
    ]:
        environ = {"SCRIPT_NAME": "", "PATH_INFO": path.encode().decode("latin-1"), "QUERY_STRING": "a=b"}
        assert wsgi_target(environ) == f"{shown}?a=b"
        assert asgi_target({"path": path, "query_string": b""}) == shown


def test_a_request_shows_nothing_of_itself() -> None:
    request = for_flask.Request(headers={"X-Gitlab-Token": "a token"}, body=b"a body", method="POST", url="/?a=token", query="")
    assert "token" not in repr(request) and "body" not in repr(request)
