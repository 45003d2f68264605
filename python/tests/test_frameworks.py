"""What is particular to a framework. What all helpers have in common: `test_receivers.py`."""

import asyncio
import base64
import io
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager
from typing import Annotated, Any

import anyio
import django
import flask
import pytest
import serving
from django.conf import settings
from fastapi import Depends, FastAPI, Form
from receiving import sent
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from werkzeug.serving import make_server

from countermark import (
    ConfigError,
    CountermarkError,
    LoginClient,
    LoginService,
    MemoryReplayStore,
    QueryKey,
    QueryProfile,
    SignedQueryVerifier,
    VerifiedQuery,
    VerifiedWebhook,
    WebhookKey,
    WebhookVerifier,
)
from countermark.testing import IdServer, sign_query, sign_webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEY = QueryKey("2026", "a secret of at least twenty characters")
AUDIENCE = "https://example.com"

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
        ROOT_URLCONF="test_frameworks",
        SECRET_KEY="x" * 50,
    )
    django.setup()

from countermark.contrib import aws_lambda  # noqa: E402
from countermark.contrib import django as for_django  # noqa: E402
from countermark.contrib import fastapi as for_fastapi  # noqa: E402
from countermark.contrib import flask as for_flask  # noqa: E402


def verifier() -> WebhookVerifier:
    return WebhookVerifier("standard-webhooks", [WebhookKey("1", SECRET)], max_body_bytes=100_000)


def query_verifier() -> SignedQueryVerifier:
    return SignedQueryVerifier(QueryProfile.COUNTERMARK_V1, [KEY], audience=AUDIENCE)


def work(webhook: VerifiedWebhook) -> str | None:
    """What each application does with a webhook."""
    if webhook.body == b'"fail"':
        raise RuntimeError("the work failed")
    return None if webhook.body == b'"quiet"' else f"took {webhook.body.decode()}"


class ForgetfulStore:
    """Takes keys, and is out of reach when one is to be given back."""

    def reserve(self, key: str, until_ms: int) -> None:
        pass

    def release(self, key: str) -> bool:
        raise CountermarkError("STORE_UNAVAILABLE")


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


urlpatterns: list[Any] = []


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


def signed(body: bytes, message_id: str) -> list[tuple[str, str]]:
    signed = sign_webhook("standard-webhooks", SECRET, body, message_id=message_id)
    return [("Content-Type", "application/json"), *signed.headers]


def test_a_webhook_is_taken_once(site: str) -> None:
    body = b'{"amount": 1.0, "text": "\xc3\xa4"}'
    headers = signed(body, "msg_once")
    taken = serving.send(f"{site}/hook", body, headers)
    assert (taken.status, taken.body) == (200, b"took " + body)
    assert serving.send(f"{site}/hook", body, headers).status == 409


def test_a_view_may_be_a_coroutine_and_a_store_may_fail(full_site: str) -> None:
    headers = signed(b'"fail"', "msg_late")
    failed = serving.send(f"{full_site}/late", b'"fail"', headers)
    # The answer is that of the work that failed.
    assert (failed.status, b"STORE_UNAVAILABLE" in failed.body) == (500, False)
    assert serving.send(f"{full_site}/late", b'"good"', signed(b'"good"', "msg_good")).status == 200
    query = sign_query(QueryProfile.COUNTERMARK_V1, KEY, {"email": "jane@example.com"}, audience=AUDIENCE)
    assert serving.send(f"{full_site}/late-link?{query}").body == b"jane@example.com"


def test_django_asks_for_the_length_and_its_own_limit_first() -> None:
    from django.test import RequestFactory, override_settings

    view = for_django.verify_webhook(verifier())(lambda request: None)
    request = RequestFactory().post("/hook", b"{}", content_type="application/json")
    request.META["CONTENT_LENGTH"] = "9" * 5_000
    assert view(request).status_code == 413
    # It was not read.
    assert request.read() == b"{}"
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10):
        assert view(RequestFactory().post("/hook", b"x" * 20, content_type="text/plain")).status_code == 413


def test_a_query_with_bytes_beyond_ascii() -> None:
    """WSGI shows them as Latin-1 text; the query is what came."""
    from django.test import RequestFactory

    request = RequestFactory().get("/link")
    request.META["QUERY_STRING"] = "name=\xc3\xa4"
    assert for_django._query(request) == "name=\u00e4".encode()


def test_fastapi_gives_the_key_back_when_another_part_of_the_request_is_wrong() -> None:
    with fastapi_app() as address:
        headers = signed(b"{}", "msg_strict")
        assert serving.send(f"{address}/strict?number=x", b"{}", headers).status == 422
        assert serving.send(f"{address}/strict?number=1", b"{}", headers).status == 200
        assert serving.send(f"{address}/strict?number=1", b"{}", headers).status == 409


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


def asgi_scope() -> dict[str, Any]:
    headers = [(name.lower().encode(), value.encode()) for name, value in signed(b"{}", "msg_asgi")]
    return {"type": "http", "method": "POST", "path": "/hook", "query_string": b"", "headers": headers,
            "server": ("127.0.0.1", 80), "scheme": "http"}  # fmt: skip


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


@pytest.mark.parametrize("slow_s", [0, 0.2])
def test_a_canceled_request_gives_the_key_back(slow_s: float) -> None:
    """Also in a scope of anyio, where every further await is canceled too, and where it ends while the store is asked."""

    asked: list[str] = []

    class AsyncStore:
        async def reserve(self, key: str, until_ms: int) -> None:
            await asyncio.sleep(slow_s)
            asked.append("reserve")

        async def release(self, key: str) -> None:
            await asyncio.sleep(0)
            asked.append("release")

    async def receive() -> Any:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(60)

    async def run() -> None:
        app = for_fastapi.WebhookMiddleware(slow, verifier(), path="/hook", store=AsyncStore())
        with anyio.move_on_after(0.1):
            await app(asgi_scope(), receive, receive)

    asyncio.run(run())
    assert asked == ["reserve", "release"]


class SlowStore:
    """A store of asyncio that takes its time, and may have the key already."""

    def __init__(self, replayed: bool = False) -> None:
        self.replayed = replayed
        self.seen: list[str] = []
        self.asked = asyncio.Event()

    async def reserve(self, key: str, until_ms: int) -> None:
        self.asked.set()
        await asyncio.sleep(0.1)
        if self.replayed:
            raise CountermarkError("REPLAYED")
        self.seen.append("taken")

    async def release(self, key: str) -> None:
        await asyncio.sleep(0.1)
        self.seen.append("given back")


async def received() -> Any:
    return {"type": "http.request", "body": b"{}", "more_body": False}


async def unsent(message: Any) -> None:
    raise AssertionError("nobody is there to be answered")


async def never(*_: Any) -> None:
    raise AssertionError("the request was canceled")


def middleware_call(store: SlowStore) -> Awaitable[Any]:
    return for_fastapi.WebhookMiddleware(never, verifier(), path="/hook", store=store)(asgi_scope(), received, unsent)


def dependency_call(store: SlowStore) -> Awaitable[Any]:
    app = FastAPI()
    hooks = for_fastapi.WebhookDependency(verifier(), store=store)

    @app.post("/hook")
    async def hook(webhook: Annotated[VerifiedWebhook, Depends(hooks)]) -> None:
        raise AssertionError("the request was canceled")

    return app(asgi_scope(), received, unsent)


def django_call(store: SlowStore) -> Awaitable[Any]:
    from django.test import AsyncRequestFactory

    headers = {name: value for name, value in signed(b"{}", "msg_asgi") if name != "Content-Type"}
    request = AsyncRequestFactory().post("/hook", b"{}", content_type="application/json", headers=headers)
    view: Awaitable[Any] = for_django.verify_webhook(verifier(), store=store)(never)(request)
    return view


CALLS = [middleware_call, dependency_call, django_call]


@pytest.mark.parametrize("call", CALLS)
def test_a_task_canceled_while_the_store_is_asked_gives_the_key_back(call: Callable[[SlowStore], Awaitable[Any]]) -> None:
    async def run() -> None:
        store = SlowStore()
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(call(store), 0.05)
        assert store.seen == ["taken", "given back"]
        # Once more, while it is given back.
        store = SlowStore()
        task = asyncio.ensure_future(call(store))
        await store.asked.wait()
        for _ in range(3):
            assert not task.done()
            task.cancel()
            await asyncio.sleep(0.06)
        with pytest.raises(asyncio.CancelledError):
            await task
        assert store.seen == ["taken", "given back"]
        # A key of another delivery stays.
        store = SlowStore(replayed=True)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(call(store), 0.05)
        assert store.seen == []

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
        with anyio.move_on_after(0.05):
            await app(scope, received, unsent)
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


def django_request(body: bytes = b"{}", message_id: str = "msg_django", factory: str = "RequestFactory") -> Any:
    import django.test

    headers = {name: value for name, value in signed(body, message_id) if name != "Content-Type"}
    return getattr(django.test, factory)().post("/hook", body, content_type="application/json", headers=headers)


def test_django_awaits_views_of_a_class() -> None:
    """They are marked as coroutines in a way that `inspect` knows from Python 3.12 on only."""
    from django.http import HttpResponse
    from django.views import View

    class Hook(View):
        async def post(self, request: Any) -> HttpResponse:
            return HttpResponse(request.webhook.body)

        async def get(self, request: Any) -> HttpResponse:
            return HttpResponse(request.verified_query["email"])

    hook = for_django.verify_webhook(verifier())(Hook.as_view())
    assert asyncio.run(hook(django_request(factory="AsyncRequestFactory"))).content == b"{}"

    from django.test import AsyncRequestFactory

    query = sign_query(QueryProfile.COUNTERMARK_V1, KEY, {"email": "jane@example.com"}, audience=AUDIENCE)
    link = for_django.verify_query(query_verifier())(Hook.as_view())
    assert asyncio.run(link(AsyncRequestFactory().get(f"/link?{query}"))).content == b"jane@example.com"


@pytest.mark.parametrize("answer", ["no response", "no template"])
def test_django_gives_the_key_back_when_the_answer_is_none(answer: str) -> None:
    from django.template import TemplateDoesNotExist
    from django.template.response import TemplateResponse

    def made(request: Any) -> Any:
        return TemplateResponse(request, "missing.html") if answer == "no template" else answer

    async def made_late(request: Any) -> Any:
        return made(request)

    store = MemoryReplayStore()
    error = TemplateDoesNotExist if answer == "no template" else AttributeError
    with pytest.raises(error):
        for_django.verify_webhook(verifier(), store=store)(made)(django_request())
    assert store.size == 0
    with pytest.raises(error):
        asyncio.run(for_django.verify_webhook(verifier(), store=store)(made_late)(django_request(factory="AsyncRequestFactory")))
    assert store.size == 0


class Dribble(io.BytesIO):
    """Gives less than is asked for, as a socket does."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size, 3) if size and size > 0 else size)


def chunked(body: bytes, headers: list[tuple[str, str]], terminated: bool) -> Any:
    from django.core.handlers.wsgi import WSGIRequest

    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers}
    return WSGIRequest({
        "REQUEST_METHOD": "POST", "PATH_INFO": "/hook", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
        "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": Dribble(body), "wsgi.input_terminated": terminated, **named,
    })  # fmt: skip


def test_django_reads_a_body_in_chunks_where_its_server_ends_it() -> None:
    from django.http import HttpResponse
    from django.test import override_settings

    def hook(request: Any) -> HttpResponse:
        return HttpResponse(request.webhook.body)

    view = for_django.verify_webhook(verifier())(hook)
    body = b'{"in": "chunks"}'
    assert view(chunked(body, signed(body, "msg_chunks"), True)).content == body
    # Something before read what Django takes for the body.
    request = chunked(body, signed(body, "msg_chunks"), True)
    assert request.body == b""
    assert view(request).content == body
    long = b"x" * 100_001
    assert view(chunked(long, signed(long, "msg_chunks"), True)).status_code == 413
    assert view(chunked(long[:-1], signed(long[:-1], "msg_chunks"), True)).status_code == 200
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10):
        assert view(chunked(body, signed(body, "msg_chunks"), True)).status_code == 413


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
    view = for_django.verify_webhook(gitlab)(lambda request: django.http.HttpResponse(request.webhook.unsigned_body))
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
    assert refused.value.code == "WRONG_STATE" and "raw bytes" in str(refused.value)


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
    assert refused.value.code == "WRONG_STATE" and "raw bytes" in str(refused.value)


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


def test_a_path_stands_as_it_was_called() -> None:
    for path, shown in [
        ("/hook/a:b@c,d+e", "/hook/a:b@c,d+e"),
        ("/-._~!$&'()*+,;=:@", "/-._~!$&'()*+,;=:@"),
        ("/a b/\u00e4?#%", "/a%20b/%C3%A4%3F%23%25"),
    ]:
        environ = {"SCRIPT_NAME": "", "PATH_INFO": path.encode().decode("latin-1"), "QUERY_STRING": "a=b"}
        assert for_flask.wsgi_target(environ) == f"{shown}?a=b"
        assert for_fastapi.asgi_target({"path": path, "query_string": b""}) == shown


def test_a_key_is_kept_by_the_clock_of_the_verifier() -> None:
    class Store:
        def reserve(self, key: str, until_ms: int) -> None:
            self.until_ms = until_ms

        def release(self, key: str) -> None: ...

    store = Store()
    github = WebhookVerifier("github", [WebhookKey("1", "a secret")], clock=lambda: 1_000.5)
    handler = aws_lambda.verify_webhook(github, store=store, keep_s=60)(lambda_handler)
    event = {"body": "{}", "headers": dict(sign_webhook("github", "a secret", b"{}").headers)}
    assert handler(event, None)["statusCode"] == 200
    assert store.until_ms == 1_060_500


class Account:
    """A user of Django's with a good password."""

    is_active = True

    def check_password(self, password: str) -> bool:
        return True

    async def acheck_password(self, password: str) -> bool:
        return True


class Accounts:
    USERNAME_FIELD = "username"

    @property
    def _default_manager(self) -> "Accounts":
        return self

    def get_by_natural_key(self, name: str) -> Account:
        return Account()

    async def aget_by_natural_key(self, name: str) -> Account:
        return Account()

    def filter(self, username: str) -> "Accounts":
        assert username == "alice"
        return self

    def first(self) -> Account:
        return Account()


def test_the_backend_of_django_takes_outcomes_and_no_passwords(
    service: LoginService, countermark_id_server: IdServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth import aauthenticate, authenticate
    from django.contrib.auth import backends
    from django.test import override_settings

    client = LoginClient(service)
    session = client.begin("alice").session
    pending = client.check(session)
    countermark_id_server.act(session.auth_session_id, "approve")
    approved = client.wait(session)
    monkeypatch.setattr(backends, "UserModel", Accounts())
    monkeypatch.setattr(for_django, "get_user_model", Accounts)

    def both(**credentials: Any) -> list[Any]:
        return [authenticate(None, **credentials), asyncio.run(aauthenticate(None, **credentials))]

    with override_settings(AUTHENTICATION_BACKENDS=["countermark.contrib.django.CountermarkBackend"]):
        assert both(username="alice", password="good") == [None, None]
        assert both(outcome=pending) == [None, None]
        assert [type(user) for user in both(outcome=approved)] == [Account, Account]


def test_a_request_shows_nothing_of_itself() -> None:
    request = for_flask.Request(headers={"X-Gitlab-Token": "a token"}, body=b"a body", method="POST", url="/?a=token", query="")
    assert "token" not in repr(request) and "body" not in repr(request)


def lambda_handler(webhook: VerifiedWebhook, event: dict[str, Any], context: object) -> Any:
    text = work(webhook)
    return text and {"statusCode": 200, "body": text}


@pytest.mark.parametrize("encoded", [False, True])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_lambda(encoded: bool, version: str) -> None:
    handler = aws_lambda.verify_webhook(verifier(), store=MemoryReplayStore())(lambda_handler)
    body = b'{"a": 1}'
    pairs = signed(body, "msg_lambda")
    event: dict[str, Any] = {
        "body": base64.b64encode(body).decode() if encoded else body.decode(),
        "isBase64Encoded": encoded,
    }
    if version == "1.0":
        event |= {"httpMethod": "POST", "multiValueHeaders": {name: [value] for name, value in pairs}}
    else:
        event |= {
            "headers": {name.lower(): value for name, value in pairs},
            "rawPath": "/hook",
            "rawQueryString": "",
            "requestContext": {"http": {"method": "POST"}},
        }
    assert handler(event, None) == {"statusCode": 200, "body": 'took {"a": 1}'}
    assert handler(event, None)["statusCode"] == 409
    assert handler({**event, "body": ""}, None)["statusCode"] == 401


def test_lambda_gives_the_key_back_after_a_5xx_and_takes_no_broken_text() -> None:
    unavailable = {"statusCode": 503, "body": ""}
    handler = aws_lambda.verify_webhook(verifier(), store=MemoryReplayStore())(lambda *_: unavailable)
    event = {"body": "{}", "headers": dict(signed(b"{}", "msg_503"))}
    assert [handler(event, None) for _ in range(2)] == [unavailable] * 2
    assert handler({**event, "body": "\ud800"}, None)["statusCode"] == 401


API_GATEWAY = {"requestContext": {"path": "/prod/hook"}, "path": "/hook"}
LOAD_BALANCER = {"requestContext": {"elb": {"targetGroupArn": "arn"}}, "path": "/prod/hook"}


@pytest.mark.parametrize("platform", [API_GATEWAY, LOAD_BALANCER])
def test_lambda_finds_the_query_of_every_event_and_answers_in_its_form(platform: dict[str, Any]) -> None:
    meta = WebhookVerifier("meta", [WebhookKey("1", "a secret")])
    handler = aws_lambda.verify_webhook(meta, handshake_secret="a token&")(lambda_handler)
    # A gateway decodes the query, a load balancer does not.
    token = "a token&" if platform is API_GATEWAY else "a%20token%26"
    query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "12345"}
    event = {"httpMethod": "GET", "headers": {}, "body": None, "queryStringParameters": query, **platform}
    answer = handler(event, None)
    assert (answer["statusCode"], answer["body"], answer["isBase64Encoded"]) == (200, "12345", False)
    assert answer["headers"]["Content-Type"].startswith("text/plain")

    many = {name: [value] for name, value in query.items()}
    event |= {"multiValueHeaders": {}, "multiValueQueryStringParameters": many}
    named = "headers" if platform is API_GATEWAY else "multiValueHeaders"
    answer = handler(event, None)
    assert (answer["body"], "multiValueHeaders" in answer, "headers" in answer) == (
        "12345",
        named == "multiValueHeaders",
        named == "headers",
    )


@pytest.mark.parametrize("platform", [API_GATEWAY, LOAD_BALANCER])
def test_lambda_knows_the_url_of_every_event(platform: dict[str, Any]) -> None:
    square = WebhookVerifier("square", [WebhookKey("1", "a secret")])
    handler = aws_lambda.verify_webhook(square, origin="https://hooks.example")(lambda_handler)
    url = "https://hooks.example/prod/hook?a=b%20c"
    signed = sign_webhook("square", "a secret", b"{}", url=url).headers
    value = "b c" if platform is API_GATEWAY else "b%20c"
    event = {"httpMethod": "POST", "headers": dict(signed), "body": "{}", "queryStringParameters": {"a": value}}
    assert handler({**event, **platform}, None)["statusCode"] == 200
    assert handler({**event, **platform, "queryStringParameters": {"a": "d"}}, None)["statusCode"] == 401


@pytest.mark.parametrize("answer", ["text", ["a", "list"], {"a": "body"}, {"statusCode": "200"}, {"statusCode": "500"}, 7])
def test_lambda_takes_every_form_of_an_answer(answer: Any) -> None:
    handler = aws_lambda.verify_webhook(verifier(), store=MemoryReplayStore())(lambda *_: answer)
    event = {"body": "{}", "headers": dict(signed(b"{}", "msg_form"))}
    assert handler(event, None) == answer
    again = handler(event, None)
    assert again == answer if answer == {"statusCode": "500"} else again["statusCode"] == 409


def test_schemes_without_a_time_want_to_know_how_long() -> None:
    github = WebhookVerifier("github", [WebhookKey("1", "a secret")])
    with pytest.raises(ConfigError, match="time to keep"):
        aws_lambda.verify_webhook(github, store=MemoryReplayStore())
    with pytest.raises(ConfigError):
        aws_lambda.verify_webhook(github, store=MemoryReplayStore(), keep_s=0)
    handler = aws_lambda.verify_webhook(github, store=MemoryReplayStore(), keep_s=3600)(lambda_handler)
    event = {"body": "{}", "headers": dict(sign_webhook("github", "a secret", b"{}").headers)}
    assert [handler(event, None)["statusCode"] for _ in range(2)] == [200, 409]


def test_a_time_that_is_not_checked_wants_to_know_how_long_too() -> None:
    queued = WebhookVerifier("standard-webhooks", [WebhookKey("1", SECRET)], check_time=False)
    event = {"body": "{}", "headers": dict(signed(b"{}", "msg_queued"))}
    with pytest.raises(ConfigError, match="time to keep"):
        aws_lambda.verify_webhook(queued, store=MemoryReplayStore())
    handler = aws_lambda.verify_webhook(queued, store=MemoryReplayStore(), keep_s=0.5)(lambda_handler)
    assert [handler(event, None)["statusCode"] for _ in range(2)] == [200, 409]
