"""Django: decorators for views, an authentication backend, and a store in Django's cache."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.views.decorators.csrf import csrf_exempt

from .._native import SignedQueryVerifier, VerifiedWebhook, WebhookVerifier
from ._blocking_store import off_loop
from ._django_cache import CacheStore as CacheStore
from ._django_requests import of_django, raw_query, read
from ._django_transactions import Every, after, open_transactions, transactions
from ._gate import LINK_HEADERS, Answer, QueryGate, Refused, WebhookGate
from ._replay_keys import committed_async, released_async, taken, taken_async

if TYPE_CHECKING:
    from ..stores import AsyncOnceStore, AsyncReplayStore, OnceStore, ReplayStore
    from ._django_backend import CountermarkBackend as CountermarkBackend

    View = Callable[..., Any]


def verify_webhook(
    verifier: WebhookVerifier,
    *,
    store: ReplayStore | AsyncReplayStore | None = None,
    keep_s: float | None = None,
    handshake_secret: str | bytes | None = None,
    origin: str | None = None,
) -> Callable[[View], View]:
    """Lets only verified webhooks reach a view, which finds them as ``request.webhook``.

    The view may be a coroutine. If it returns `None`, the sender gets the answer that it wants to hear. If it raises, or
    answers with 4xx or 5xx, the replay key is given back, so that the sender may try again. What is no response, as the functions of Django
    Ninja return it, is handed on, for the framework to make one of it; where that fails, the work is done all the same. ``origin`` is the site's
    own as senders call it, such as ``https://hooks.example``, for the schemes that sign the URL. Cookies prove nothing here, so the CSRF check is
    off.

    The body may be as long as ``max_body_bytes`` of the verifier and ``DATA_UPLOAD_MAX_MEMORY_SIZE`` of the settings both allow. One in
    chunks needs a WSGI server that says where it ends, as gunicorn does; else the answer is 411. A `TemplateResponse` is rendered here.

    With Django REST framework, put it above ``@api_view``, or on ``dispatch`` of a class: so it sees the answer, and comes before permissions.
    Below, and on a method by ``method_decorator``, it sees what the view returns.
    """
    gate = WebhookGate(verifier, store, keep_s, handshake_secret, origin)
    beside = off_loop(gate, sync_to_async)

    def verified(request: HttpRequest) -> VerifiedWebhook | Answer:
        return gate.verify(read(request, gate))

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                webhook = verified(request)
                if isinstance(webhook, Answer):
                    return _response(webhook)
                taken(gate, webhook)
            except Refused as refused:
                return _response(refused.answer)
            request.webhook = webhook
            around = open_transactions()
            try:
                with transactions(outside):
                    response = view(request, *args, **kwargs)
                    if _is_to_render(response):
                        # Else it would fail where nobody gives the key back.
                        response.render()
                if response is None:
                    response = _response(gate.success())
                failed = _status(response) >= 400
            except BaseException:
                gate.release(webhook)
                raise
            if failed:
                gate.release(webhook)
            else:
                after(around, lambda: gate.commit(webhook))
            return response

        @wraps(view)
        async def wrapped_async(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                webhook = verified(request)
                if isinstance(webhook, Answer):
                    return _response(webhook)
                await taken_async(beside, webhook)
            except Refused as refused:
                return _response(refused.answer)
            request.webhook = webhook
            try:
                response = await view(request, *args, **kwargs)
                if response is None:
                    response = _response(gate.success())
                elif _is_to_render(response):
                    await sync_to_async(response.render)()
                failed = _status(response) >= 400
            except BaseException:
                await released_async(beside, webhook)
                raise
            if failed:
                await released_async(beside, webhook)
            else:
                await committed_async(beside, webhook)
            return response

        outside = Every(getattr(view, "_non_atomic_requests", ()))
        if iscoroutinefunction(view):
            return csrf_exempt(wrapped_async)
        vars(wrapped)["_non_atomic_requests"] = outside
        return csrf_exempt(wrapped)

    return decorate


def verify_query(
    verifier: SignedQueryVerifier, *, store: OnceStore | AsyncOnceStore | None = None
) -> Callable[[View], View]:
    """Lets only verified links reach a view, which finds what they prove as ``request.verified_query``.

    The view may be a coroutine. With a store, the link stays used, also if the view fails. Its response gets ``Referrer-Policy: no-referrer`` and
    ``Cache-Control: no-store``. A view that returns none, as the functions of Django Ninja do, gets them only if it takes Ninja's ``response``; and
    not the page that Django makes of what a view raises, such as `Http404`: there, ``SECURE_REFERRER_POLICY`` and a middleware are the way.
    """
    gate = QueryGate(verifier, store)
    beside = off_loop(gate, sync_to_async)

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                verified = gate.verify(request.method, request.headers.get("Sec-Purpose"), raw_query(of_django(request)))
                taken(gate, verified)
                request.verified_query = verified
                response = view(request, *args, **kwargs)
            except Refused as refused:
                response = _response(refused.answer)
            _keep_out(response, *kwargs.values())
            return response

        @wraps(view)
        async def wrapped_async(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                verified = gate.verify(request.method, request.headers.get("Sec-Purpose"), raw_query(of_django(request)))
                await taken_async(beside, verified)
                request.verified_query = verified
                response = await view(request, *args, **kwargs)
            except Refused as refused:
                response = _response(refused.answer)
            _keep_out(response, *kwargs.values())
            return response

        return wrapped_async if iscoroutinefunction(view) else wrapped

    return decorate


def __dir__() -> list[str]:
    return sorted([*globals(), "CountermarkBackend"])


def __getattr__(name: str) -> Any:
    # Its module needs Django's own apps for accounts, which a site of webhooks may not have.
    if name == "CountermarkBackend":
        from ._django_backend import CountermarkBackend

        return CountermarkBackend
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=sys.modules[__name__])


def _is_to_render(response: Any) -> bool:
    """Not what a view of Django REST framework returns: its renderer comes later."""
    is_raw = hasattr(response, "data") and not hasattr(response, "accepted_renderer")
    return isinstance(response, SimpleTemplateResponse) and not is_raw


def _status(response: Any) -> int:
    """The status of an answer, or of what Django Ninja makes one of: a number by itself is a body there."""
    if inspect.isawaitable(response):
        # The work is not done, and nobody here awaits it.
        raise TypeError("a coroutine of a view that is none")
    ninja = getattr(sys.modules.get("ninja.responses"), "Status", ())
    if isinstance(response, (HttpResponseBase, ninja)):
        status = response.status_code
    else:
        status = response[0] if isinstance(response, tuple) and len(response) == 2 else 200
    return status if isinstance(status, int) else 200


def _keep_out(*held: Any) -> None:
    """Sets the headers of a link in each response: the answer, or the one that Django Ninja gives its functions to set headers in."""
    for response in held:
        if isinstance(response, HttpResponseBase):
            for name, value in LINK_HEADERS.items():
                response[name] = value


def _response(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, headers=answer.headers)
