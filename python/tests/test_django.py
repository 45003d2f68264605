"""What is particular to Django."""

import asyncio
import contextvars
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from frameworks import AUDIENCE, KEY, chunked, query_verifier, signed, verifier
from django.core.cache.backends.base import BaseCache
from django.test import override_settings

from countermark import ConfigError, LoginClient, LoginService, MemoryReplayStore, QueryProfile, ReplayError
from countermark.contrib import _django_backend
from countermark.contrib import django as for_django
from countermark.contrib._django_requests import raw_query
from countermark.testing import IdServer, sign_query


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
    assert raw_query(request) == "name=\u00e4".encode()


def django_request(body: bytes = b"{}", message_id: str = "msg_django", factory: str = "RequestFactory") -> Any:
    import django.test

    headers = {name: value for name, value in signed(body, message_id) if name != "Content-Type"}
    return getattr(django.test, factory)().post("/hook", body, content_type="application/json", headers=headers)


def test_django_says_that_a_form_was_read_before() -> None:
    from django.test import RequestFactory
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    body = encode_multipart(BOUNDARY, {"name": "jane"})
    headers = {name: value for name, value in signed(body, "msg_form") if name != "Content-Type"}
    request = RequestFactory().generic("POST", "/hook", body, content_type=MULTIPART_CONTENT, headers=headers)
    assert request.POST["name"] == "jane"
    with pytest.raises(ConfigError) as refused:
        for_django.verify_webhook(verifier())(lambda request: None)(request)
    assert refused.value.code == "BODY_ALREADY_READ"


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


def test_django_gives_the_key_back_when_the_answer_is_none() -> None:
    from django.template import TemplateDoesNotExist
    from django.template.response import TemplateResponse

    def made(request: Any) -> Any:
        return TemplateResponse(request, "missing.html")

    async def made_late(request: Any) -> Any:
        return made(request)

    store = MemoryReplayStore()
    with pytest.raises(TemplateDoesNotExist):
        for_django.verify_webhook(verifier(), store=store)(made)(django_request())
    assert store.size == 0
    with pytest.raises(TemplateDoesNotExist):
        asyncio.run(for_django.verify_webhook(verifier(), store=store)(made_late)(django_request(factory="AsyncRequestFactory")))
    assert store.size == 0


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
def test_django_gives_the_key_back_when_nobody_awaits_the_work() -> None:
    async def late(request: Any) -> None:
        raise AssertionError("nobody awaits it")

    store = MemoryReplayStore()
    with pytest.raises(TypeError):
        for_django.verify_webhook(verifier(), store=store)(lambda request: late(request))(django_request())
    assert store.size == 0


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


WEBHOOKS_ONLY = """
import django
from django.conf import settings
settings.configure(INSTALLED_APPS=[])
django.setup()
from countermark.contrib.django import verify_query, verify_webhook
"""


def test_webhooks_need_none_of_the_apps_of_django() -> None:
    subprocess.run([sys.executable, "-c", WEBHOOKS_ONLY], check=True, timeout=60, cwd=Path(__file__).parent)


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
    from django.contrib.auth import aauthenticate, authenticate, backends
    from django.test import override_settings

    client = LoginClient(service)
    session = client.begin("alice").session
    pending = client.check(session)
    countermark_id_server.act(session.auth_session_id, "approve")
    approved = client.wait(session)
    monkeypatch.setattr(backends, "UserModel", Accounts())
    monkeypatch.setattr(_django_backend, "get_user_model", Accounts)

    def both(**credentials: Any) -> list[Any]:
        return [authenticate(None, **credentials), asyncio.run(aauthenticate(None, **credentials))]

    with override_settings(AUTHENTICATION_BACKENDS=["countermark.contrib.django.CountermarkBackend"]):
        assert both(username="alice", password="good") == [None, None]
        assert both(outcome=pending) == [None, None]
        assert [type(user) for user in both(outcome=approved)] == [Account, Account]


class OfOneThread(BaseCache):
    """As the clients of Memcached are: Django makes one for each thread."""

    shared: dict[str, Any] = {}

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._thread = threading.get_ident()

    def _mine(self) -> dict[str, Any]:
        assert threading.get_ident() == self._thread
        return self.shared

    def add(self, key: str, value: Any, timeout: Any = None, version: Any = None) -> bool:
        return key not in self._mine() and not self.shared.update({key: value})

    def get(self, key: str, default: Any = None, version: Any = None) -> Any:
        return self._mine().get(key, default)

    def delete(self, key: str, version: Any = None) -> bool:
        return self._mine().pop(key, None) is not None


def test_the_cache_of_another_thread_is_not_used() -> None:
    with override_settings(CACHES={"default": {"BACKEND": "test_django.OfOneThread"}}):
        OfOneThread.shared.clear()
        store = for_django.CacheStore()
        # A thread may inherit the context of the one that has made the store.
        context = contextvars.copy_context()

        def work() -> list[object]:
            until_ms = 1000 * int(time.time() + 60)
            store.reserve("key", until_ms)
            with pytest.raises(ReplayError):
                store.reserve("key", until_ms)
            return [store.release("key"), store.reserve("key", until_ms), store.commit("key"), store.is_committed("key")]

        with ThreadPoolExecutor(1) as threads:
            assert threads.submit(context.run, work).result() == [True, None, True, True]
