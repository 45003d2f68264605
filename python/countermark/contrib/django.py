"""Django: decorators for views, an authentication backend, and a store in Django's cache."""

from __future__ import annotations

import inspect
import math
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.exceptions import RequestDataTooBig
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, RawPostDataException
from django.template.response import SimpleTemplateResponse
from django.views.decorators.csrf import csrf_exempt

from .._native import SignedQueryVerifier, VerifiedWebhook, WebhookVerifier
from ..errors import CountermarkError
from ._django_transactions import Every, after, open_transactions, transactions
from ._gate import (
    LINK_HEADERS,
    Answer,
    QueryGate,
    Refused,
    Request,
    WebhookGate,
    already_read,
    asgi_url,
    committed_async,
    is_chunked,
    is_endless,
    off_loop,
    released_async,
    taken,
    taken_async,
    wsgi_url,
)

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
        request = _of_django(request)
        return gate.verify(
            Request(
                headers=request.headers,
                body=_body(request, gate),
                method=request.method or "",
                url=_url(origin, request),
                query=request.META.get("QUERY_STRING", ""),
            )
        )

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
                verified = gate.verify(request.method, _query(_of_django(request)))
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
                verified = gate.verify(request.method, _query(_of_django(request)))
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


class CacheStore:
    """A store in Django's cache, for all processes that share it.

    It must add atomically and forget nothing early. Redis does both, if its ``maxmemory-policy`` is ``noeviction``; Memcached does the
    first, and forgets when it is full. Django's caches in local memory, which each process has for itself, in files and in a database
    throw keys away from 300 on, and ``DummyCache`` keeps none: they are refused, with ``INVALID_CONFIG``. ``clock`` gives Unix seconds.
    """

    def __init__(self, alias: str = "default", *, clock: Callable[[], float] = time.time) -> None:
        self._alias = alias
        self._clock = clock
        # One for this question: what `caches` gives would be handed on to all that inherit this context.
        cache = caches.create_connection(alias)
        if isinstance(cache, (LocMemCache, FileBasedCache, DatabaseCache, DummyCache)):
            raise CountermarkError("INVALID_CONFIG", type(cache).__name__)

    @property
    def _cache(self) -> Any:
        # Never kept: Django gives each thread its own, since the clients of Memcached are for one thread only.
        return caches[self._alias]

    def reserve(self, key: str, until_ms: int) -> None:
        """Takes a key until ``until_ms``."""
        left_ms = self._left_ms(until_ms)
        if left_ms < 0:
            raise CountermarkError("TIMESTAMP_TOO_OLD")
        with _within_reach():
            # The value is for `commit`: a cache does not tell how much time a key has left.
            taken = self._cache.add(key, until_ms, timeout=_seconds(left_ms))
        if not taken:
            raise CountermarkError("REPLAYED")

    def commit(self, key: str) -> bool:
        """Keeps a key to the end of its time. ``False`` when the key is not held."""
        with _within_reach():
            until_ms = self._cache.get(key)
            left_ms = -1 if until_ms is None else self._left_ms(until_ms)
            if left_ms >= 0:
                # Beside the key and not in its place: Django deletes what Memcached does not set.
                self._cache.add(_done(key), 1, timeout=_seconds(left_ms))
            return left_ms >= 0

    def is_committed(self, key: str) -> bool:
        """Whether the work of a key is done."""
        with _within_reach():
            return self._cache.get(_done(key)) is not None

    def release(self, key: str) -> bool:
        """Frees a key that is not committed. ``False`` when there is none."""
        with _within_reach():
            # Two steps, since no cache has one for it: nobody but the caller that took the key asks for either of them.
            return self._cache.get(_done(key)) is None and self._cache.delete(key)

    def _left_ms(self, until_ms: int) -> int:
        return until_ms - math.floor(self._clock() * 1000)


def _done(key: str) -> str:
    return f"{key}:committed"


def _seconds(left_ms: int) -> int:
    """One more, since a cache that counts whole seconds may begin with a part of one."""
    return math.ceil(left_ms / 1000) + 1


@contextmanager
def _within_reach() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise CountermarkError("STORE_UNAVAILABLE") from error


def _of_django(request: HttpRequest) -> HttpRequest:
    """The request that a view of Django REST framework has in one of its own."""
    inner = getattr(request, "_request", None)
    return inner if isinstance(inner, HttpRequest) else request


def _is_to_render(response: Any) -> bool:
    """Not what a view of Django REST framework returns: its renderer comes later."""
    is_raw = hasattr(response, "data") and not hasattr(response, "accepted_renderer")
    return isinstance(response, SimpleTemplateResponse) and not is_raw


def _body(request: HttpRequest, gate: WebhookGate) -> bytes:
    """The raw body; one that says how long it is is not read if that is too long."""
    length = request.META.get("CONTENT_LENGTH") or ""
    # Python converts no number of thousands of digits.
    if length.isdecimal() and (len(length) > 18 or int(length) > gate.verifier.max_body_bytes):
        raise gate.too_large()
    if isinstance(request, WSGIRequest) and is_chunked(request.environ) and not getattr(request, "_body", b""):
        # Django takes it for empty, and has read nothing.
        request._body = _chunked(request.environ, gate)
    try:
        return request.body
    except RequestDataTooBig as error:
        raise gate.too_large() from error
    except RawPostDataException as error:
        raise already_read() from error


def _chunked(environ: Mapping[str, Any], gate: WebhookGate) -> bytes:
    if is_endless(environ):
        raise gate.endless()
    most, of_django = gate.verifier.max_body_bytes, settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if of_django is not None:
        most = min(most, of_django)
    parts, left = [], most + 1
    # A read may give less than is asked for.
    while left and (part := environ["wsgi.input"].read(left)):
        parts.append(part)
        left -= len(part)
    if not left:
        raise gate.too_large()
    return b"".join(parts)


def _url(origin: str | None, request: HttpRequest) -> str | None:
    if isinstance(request, WSGIRequest):
        return wsgi_url(origin, request.environ)
    # With `FORCE_SCRIPT_NAME`; `environ` has it too.
    return asgi_url(origin, {**request.scope, "root_path": request.META["SCRIPT_NAME"]})


def _query(request: HttpRequest) -> str | bytes:
    """The raw query. WSGI hands out bytes as text (PEP 3333)."""
    query: str = request.META.get("QUERY_STRING", "")
    return query.encode("latin-1") if isinstance(request, WSGIRequest) else query


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
