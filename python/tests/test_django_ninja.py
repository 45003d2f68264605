"""Django Ninja, whose functions return no response: what they return is the body of one that Ninja makes."""

from collections.abc import Callable
from typing import Any

import pytest
from frameworks import AUDIENCE, KEY, query_verifier, signed, urlpatterns, verifier
from django.http import HttpResponse
from django.test import Client
from django.urls import clear_url_caches, path
from ninja import NinjaAPI, Status
from ninja.decorators import decorate_view

from countermark import MemoryReplayStore, QueryProfile
from countermark.contrib import django as for_django
from countermark.testing import sign_query

LINK_HEADERS = ("no-referrer", "no-store")


@pytest.fixture
def api() -> NinjaAPI:
    return NinjaAPI()


def client_of(api: NinjaAPI) -> Client:
    urlpatterns[:] = [path("", api.urls)]
    clear_url_caches()
    return Client(enforce_csrf_checks=True, raise_request_exception=False, SERVER_NAME="127.0.0.1")


def post(client: Client, message_id: str = "msg_ninja") -> Any:
    headers = {name: value for name, value in signed(b"{}", message_id) if name != "Content-Type"}
    return client.post("/hook", b"{}", content_type="application/json", headers=headers)


ANSWERS: list[tuple[Any, int, bool]] = [
    ({"ok": True}, 200, True),
    ({}, 200, True),
    ([1, 2], 200, True),
    # A number is a body, and no status.
    (512, 200, True),
    ((202, {"ok": True}), 202, True),
    (Status(202, {"ok": True}), 202, True),
    ((503, {"ok": False}), 503, False),
    (Status(503, {"ok": False}), 503, False),
    # Ninja cannot make an answer of it, but the work is done.
    ((299, {}), 500, True),
    (HttpResponse("own", status=201), 201, True),
    (HttpResponse("own", status=503), 503, False),
]


@pytest.mark.parametrize("late", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize(("answer", "status", "kept"), ANSWERS, ids=repr)
@pytest.mark.filterwarnings("ignore:Returning tuple")
def test_the_work_is_done_once_whatever_it_returns(api: NinjaAPI, late: bool, answer: Any, status: int, kept: bool) -> None:
    store, runs = MemoryReplayStore(), []

    def work(request: Any) -> Any:
        runs.append(request.webhook.body)
        return answer

    async def late_work(request: Any) -> Any:
        return work(request)

    hook = for_django.verify_webhook(verifier(), store=store)(late_work if late else work)
    api.post("/hook", response={200: Any, 202: Any, 503: Any})(hook)
    client = client_of(api)
    assert post(client).status_code == status
    assert post(client).status_code == (200 if kept else status)
    assert runs == [b"{}"] * (1 if kept else 2)


@pytest.mark.filterwarnings("ignore:Returning tuple")
@pytest.mark.parametrize("late", [False, True], ids=["sync", "async"])
def test_around_the_operation_every_answer_is_seen(api: NinjaAPI, late: bool) -> None:
    """As Ninja does it for decorators of Django: an answer that it cannot make gives the key back."""
    store, answers = MemoryReplayStore(), [(299, {}), {"ok": True}]

    def work(request: Any) -> Any:
        assert request.webhook.body == b"{}"
        return answers.pop(0)

    async def late_work(request: Any) -> Any:
        return work(request)

    guard = decorate_view(for_django.verify_webhook(verifier(), store=store))
    api.post("/hook", response={200: dict})(guard(late_work if late else work))
    client = client_of(api)
    assert [post(client).status_code for _ in range(3)] == [500, 200, 200]


def get(client: Client) -> Any:
    query = sign_query(QueryProfile.COUNTERMARK_V1, KEY, {"email": "jane@example.com"}, audience=AUDIENCE)
    return client.get(f"/link?{query}")


def link(request: Any) -> Any:
    return {"email": request.verified_query["email"]}


def link_with_response(request: Any, response: HttpResponse) -> Any:
    return link(request)


async def late_link_with_response(request: Any, response: HttpResponse) -> Any:
    return link(request)


GUARDED: list[tuple[Callable[..., Any], bool, tuple[str | None, str | None]]] = [
    (link, False, (None, None)),
    (link_with_response, False, LINK_HEADERS),
    (late_link_with_response, False, LINK_HEADERS),
    (link, True, LINK_HEADERS),
]


@pytest.mark.parametrize(("view", "around", "headers"), GUARDED)
def test_a_link_puts_nothing_into_the_body(
    api: NinjaAPI, view: Callable[..., Any], around: bool, headers: tuple[str | None, str | None]
) -> None:
    guard = for_django.verify_query(query_verifier())
    api.get("/link")(decorate_view(guard)(view) if around else guard(view))
    client = client_of(api)
    reply = get(client)
    assert (reply.status_code, reply.json()) == (200, {"email": "jane@example.com"})
    assert (reply.headers.get("Referrer-Policy"), reply.headers.get("Cache-Control")) == headers
    refused = client.get("/link?a=b")
    assert refused.status_code in (400, 401)
    assert refused.headers["Cache-Control"] == "no-store"
