"""Django REST framework, whose views have a request of its own, and answers that are rendered outside of them."""

from collections.abc import Callable
from typing import Any

import pytest
from frameworks import AUDIENCE, KEY, query_verifier, signed, urlpatterns, verifier
from django.test import Client
from django.urls import clear_url_caches, path
from django.utils.decorators import method_decorator
from rest_framework.decorators import api_view
from rest_framework.response import Response
from rest_framework.views import APIView

from countermark import MemoryReplayStore, QueryProfile, WebhookKey, WebhookVerifier
from countermark.contrib import django as for_django
from countermark.testing import sign_query, sign_webhook

Guard = Callable[[Any], Any]
Work = Callable[[Any], Any]


def above(guard: Guard, work: Work) -> Any:
    return guard(api_view(["GET", "POST"])(work))


def below(guard: Guard, work: Work) -> Any:
    return api_view(["GET", "POST"])(guard(work))


def on_a_class(guard: Guard, work: Work) -> Any:
    @method_decorator(guard, name="dispatch")
    class Hook(APIView):
        def get(self, request: Any) -> Any:
            return work(request)

        post = get

    return Hook.as_view()


def on_a_method(guard: Guard, work: Work) -> Any:
    class Hook(APIView):
        @method_decorator(guard)
        def get(self, request: Any) -> Any:
            return work(request)

        post = get

    return Hook.as_view()


ORDERS = [above, below, on_a_class, on_a_method]


def client_of(view: Any) -> Client:
    urlpatterns[:] = [path("hook", view)]
    clear_url_caches()
    return Client(enforce_csrf_checks=True, raise_request_exception=False, SERVER_NAME="127.0.0.1")


@pytest.mark.parametrize("order", ORDERS)
def test_a_webhook_is_taken_once_in_each_order(order: Callable[[Guard, Work], Any]) -> None:
    statuses = [503, 201]

    def work(request: Any) -> Response:
        # It can still be read as ever.
        assert request.webhook.body == b'{"a":1}' and request.data == {"a": 1}
        return Response({"taken": True}, status=statuses.pop(0))

    client = client_of(order(for_django.verify_webhook(verifier(), store=MemoryReplayStore()), work))
    headers = {name: value for name, value in signed(b'{"a":1}', "msg_rest") if name != "Content-Type"}
    replies = [client.post("/hook", b'{"a":1}', content_type="application/json", headers=headers) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [503, 201, 200]
    assert replies[1].json() == {"taken": True}
    assert client.post("/hook", b"{}", content_type="application/json", headers=headers).status_code == 401


# Above, the framework wants an answer of the view.
@pytest.mark.parametrize("order", [below, on_a_method])
def test_a_view_that_returns_nothing_gives_the_answer_of_the_sender(order: Callable[[Guard, Work], Any]) -> None:
    client = client_of(order(for_django.verify_webhook(verifier()), lambda request: None))
    headers = {name: value for name, value in signed(b"{}", "msg_none") if name != "Content-Type"}
    assert client.post("/hook", b"{}", content_type="application/json", headers=headers).status_code == 200


@pytest.mark.parametrize("order", ORDERS)
def test_a_form_by_its_address_in_each_order(order: Callable[[Guard, Work], Any]) -> None:
    secret, form = "a token of thirty-two characters", b"CallSid=CA1&Body=h%C3%A9"
    twilio = WebhookVerifier("twilio", [WebhookKey("1", secret)])
    guard = for_django.verify_webhook(twilio, origin="https://hooks.example")
    client = client_of(order(guard, lambda request: Response(request.data["Body"])))
    kind = "application/x-www-form-urlencoded"
    made = sign_webhook("twilio", secret, form, method="POST", url="https://hooks.example/hook?a=%C3%A9", headers={"Content-Type": kind})
    assert client.post("/hook?a=%C3%A9", form, content_type=kind, headers=dict(made.headers)).json() == "h\u00e9"


@pytest.mark.parametrize("order", ORDERS)
def test_a_link_in_each_order(order: Callable[[Guard, Work], Any]) -> None:
    guard = for_django.verify_query(query_verifier(), store=MemoryReplayStore())
    client = client_of(order(guard, lambda request: Response(request.verified_query["name"])))
    query = sign_query(QueryProfile.COUNTERMARK_V1, KEY, {"name": "J\u00e4ne"}, audience=AUDIENCE)
    reply = client.get(f"/hook?{query}")
    assert (reply.status_code, reply.json(), reply.headers["Referrer-Policy"]) == (200, "J\u00e4ne", "no-referrer")
    assert client.get(f"/hook?{query}").status_code == 409
