"""What is particular to a framework. What all helpers have in common: `test_receivers.py`."""

import asyncio
import base64
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Annotated, Any

import anyio
import django
import flask
import pytest
import serving
from django.conf import settings
from fastapi import Depends, FastAPI
from starlette.responses import PlainTextResponse
from starlette.requests import Request

from countermark import (
    ConfigError,
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
from countermark.testing import sign_query, sign_webhook

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
