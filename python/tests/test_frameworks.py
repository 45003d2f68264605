"""The framework helpers, by real requests: the same questions to each of them."""

import base64
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Annotated, Any

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


def verifier(scheme: str = "standard-webhooks", secret: str = SECRET) -> WebhookVerifier:
    return WebhookVerifier(scheme, [WebhookKey("1", secret)], max_body_bytes=100_000)


def query_verifier() -> SignedQueryVerifier:
    return SignedQueryVerifier(QueryProfile.COUNTERMARK_V1, [KEY], audience=AUDIENCE)


def work(webhook: VerifiedWebhook) -> str | None:
    """What each application does with a webhook."""
    if webhook.body == b'"fail"':
        raise RuntimeError("the work failed")
    return None if webhook.body == b'"quiet"' else f"took {webhook.body.decode()}"


def flask_app() -> AbstractContextManager[str]:
    app = flask.Flask("test")

    @app.post("/hook")
    @for_flask.verify_webhook(verifier(), store=MemoryReplayStore())
    def hook() -> Any:
        return work(flask.g.webhook)

    @app.post("/slack")
    @for_flask.verify_webhook(verifier("slack", "8f742231b10e8888abcd99yyyzzz85a5"))
    def slack() -> Any:
        return "an event"

    @app.get("/link")
    @for_flask.verify_query(query_verifier(), store=MemoryReplayStore())
    def link() -> Any:
        return flask.g.verified_query["email"]

    return serving.wsgi(app)


def django_urls() -> list[Any]:
    from django.http import HttpResponse
    from django.urls import path

    @for_django.verify_webhook(verifier(), store=MemoryReplayStore())
    def hook(request: Any) -> Any:
        text = work(request.webhook)
        return text and HttpResponse(text)

    @for_django.verify_webhook(verifier("slack", "8f742231b10e8888abcd99yyyzzz85a5"))
    async def slack(request: Any) -> Any:
        return HttpResponse("an event")

    @for_django.verify_query(query_verifier(), store=MemoryReplayStore())
    def link(request: Any) -> Any:
        return HttpResponse(request.verified_query["email"])

    return [path("hook", hook), path("slack", slack), path("link", link)]


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
    links = for_fastapi.QueryDependency(query_verifier(), store=MemoryReplayStore())

    @app.post("/hook")
    async def hook(webhook: Annotated[VerifiedWebhook, Depends(hooks)]) -> PlainTextResponse:
        return PlainTextResponse(work(webhook) or "")

    @app.get("/link")
    async def link(verified: Annotated[VerifiedQuery, Depends(links)]) -> PlainTextResponse:
        return PlainTextResponse(verified["email"])

    @app.post("/slack")
    async def slack() -> PlainTextResponse:
        return PlainTextResponse("an event")

    slack_verifier = verifier("slack", "8f742231b10e8888abcd99yyyzzz85a5")
    return serving.asgi(for_fastapi.WebhookMiddleware(app, slack_verifier, path="/slack"))


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


def signed(body: bytes, message_id: str, scheme: str = "standard-webhooks", secret: str = SECRET) -> list[tuple[str, str]]:
    signed = sign_webhook(scheme, secret, body, message_id=message_id)
    return [("Content-Type", "application/json"), *signed.headers]


def test_a_webhook_is_taken_once(site: str) -> None:
    body = b'{"amount": 1.0, "text": "\xc3\xa4"}'
    headers = signed(body, "msg_once")
    taken = serving.send(f"{site}/hook", body, headers)
    assert (taken.status, taken.body) == (200, b"took " + body)
    assert serving.send(f"{site}/hook", body, headers).status == 409


def test_what_is_not_signed_is_refused(site: str) -> None:
    headers = signed(b"{}", "msg_forged")
    refused = serving.send(f"{site}/hook", b"{ }", headers)
    assert refused.status == 401
    assert b"request could not be verified" in refused.body
    assert b"signature" not in refused.body
    assert serving.send(f"{site}/hook", b"{}").status == 400
    assert serving.send(f"{site}/hook", b"{}", headers).status == 200


def test_a_body_that_is_too_long_is_not_read(site: str) -> None:
    body = b"x" * 200_000
    assert serving.send(f"{site}/hook", body, signed(body, "msg_long")).status == 413


def test_work_that_fails_may_be_tried_again(site: str) -> None:
    headers = signed(b'"fail"', "msg_fail")
    assert serving.send(f"{site}/hook", b'"fail"', headers).status == 500
    assert serving.send(f"{site}/hook", b'"fail"', headers).status == 500


def test_a_view_without_an_answer(site: str) -> None:
    quiet = serving.send(f"{site}/hook", b'"quiet"', signed(b'"quiet"', "msg_quiet"))
    assert quiet.status == 200


def test_a_handshake_is_answered(full_site: str) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB"}).encode()
    headers = signed(body, "", "slack", "8f742231b10e8888abcd99yyyzzz85a5")
    answer = serving.send(f"{full_site}/slack", body, headers)
    assert (answer.status, b"3eZbrw1aB" in answer.body) == (200, True)
    assert answer.headers.get("X-Content-Type-Options", answer.headers.get("x-content-type-options")) == "nosniff"
    assert serving.send(f"{full_site}/slack", body + b" ", headers).status == 401
    event = b'{"type": "event_callback"}'
    assert serving.send(f"{full_site}/slack", event, signed(event, "", "slack", "8f742231b10e8888abcd99yyyzzz85a5")).body == b"an event"


def test_a_link_is_taken_once(full_site: str) -> None:
    query = sign_query(QueryProfile.COUNTERMARK_V1, KEY, {"email": "jane@example.com"}, audience=AUDIENCE)
    taken = serving.send(f"{full_site}/link?{query}")
    assert (taken.status, taken.body) == (200, b"jane@example.com")
    assert serving.send(f"{full_site}/link?{query}").status == 409
    assert serving.send(f"{full_site}/link?{query[:-1]}").status in (400, 401)


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


def test_lambda_gives_the_key_back() -> None:
    handler = aws_lambda.verify_webhook(verifier(), store=MemoryReplayStore())(lambda_handler)
    event = {"body": '"fail"', "headers": dict(signed(b'"fail"', "msg_1"))}
    for _ in range(2):
        with pytest.raises(RuntimeError):
            handler(event, None)


def test_schemes_without_a_time_want_to_know_how_long() -> None:
    github = WebhookVerifier("github", [WebhookKey("1", "a secret")])
    with pytest.raises(ConfigError, match="keep_s"):
        aws_lambda.verify_webhook(github, store=MemoryReplayStore())
    handler = aws_lambda.verify_webhook(github, store=MemoryReplayStore(), keep_s=3600)(lambda_handler)
    event = {"body": "{}", "headers": dict(sign_webhook("github", "a secret", b"{}").headers)}
    assert [handler(event, None)["statusCode"] for _ in range(2)] == [200, 409]
