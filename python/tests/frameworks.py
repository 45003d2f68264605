"""What the tests of the framework helpers share. Imported before `countermark.contrib.django`: it configures Django."""

import io
from typing import Any

import django
from django.conf import settings

from countermark import QueryKey, QueryProfile, SignedQueryVerifier, VerifiedWebhook, WebhookKey, WebhookVerifier
from countermark.testing import sign_webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEY = QueryKey("2026", "a secret of at least twenty characters")
AUDIENCE = "https://example.com"
# The views of the test that runs.
urlpatterns: list[Any] = []

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
        ROOT_URLCONF="frameworks",
        SECRET_KEY="x" * 50,
    )
    django.setup()


def verifier() -> WebhookVerifier:
    return WebhookVerifier("standard-webhooks", [WebhookKey("1", SECRET)], max_body_bytes=100_000)


def query_verifier() -> SignedQueryVerifier:
    return SignedQueryVerifier(QueryProfile.COUNTERMARK_V1, [KEY], audience=AUDIENCE)


def work(webhook: VerifiedWebhook) -> str | None:
    """What each application does with a webhook."""
    if webhook.body == b'"fail"':
        raise RuntimeError("the work failed")
    return None if webhook.body == b'"quiet"' else f"took {webhook.body.decode()}"


def signed(body: bytes, message_id: str) -> list[tuple[str, str]]:
    signed = sign_webhook("standard-webhooks", SECRET, body, message_id=message_id)
    return [("Content-Type", "application/json"), *signed.headers]


def asgi_scope() -> dict[str, Any]:
    headers = [(name.lower().encode(), value.encode()) for name, value in signed(b"{}", "msg_asgi")]
    return {"type": "http", "method": "POST", "path": "/hook", "query_string": b"", "headers": headers,
            "server": ("127.0.0.1", 80), "scheme": "http"}  # fmt: skip


class Dribble(io.BytesIO):
    """Gives less than is asked for, as a socket does."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size, 3) if size and size > 0 else size)


def chunked(body: bytes, headers: list[tuple[str, str]], terminated: bool) -> Any:
    """Django's request of a body in chunks."""
    from django.core.handlers.wsgi import WSGIRequest

    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers}
    return WSGIRequest({
        "REQUEST_METHOD": "POST", "PATH_INFO": "/hook", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
        "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": Dribble(body), "wsgi.input_terminated": terminated, **named,
    })  # fmt: skip
