"""Flask: decorators for views."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import Response, current_app, g, make_response, request
from werkzeug.exceptions import RequestEntityTooLarge

from .._native import SignedQueryVerifier, WebhookVerifier
from ._gate import Answer, QueryGate, Refused, Request, WebhookGate, taken, too_large

if TYPE_CHECKING:
    from ..stores import ReplayStore

    View = Callable[..., Any]


def verify_webhook(
    verifier: WebhookVerifier,
    *,
    store: ReplayStore | None = None,
    keep_s: float | None = None,
    handshake_secret: str | bytes | None = None,
    url: Callable[[], str] = lambda: request.url,
) -> Callable[[View], View]:
    """Lets only verified webhooks reach a view, which finds them as ``flask.g.webhook``.

    The view may be a coroutine. If it returns `None`, the sender gets the answer that it wants to hear. If it raises, or answers with 5xx, the replay key
    is given back. ``url`` gives the address that the sender called, where a proxy hides it.
    """
    gate = WebhookGate(verifier, store, keep_s, handshake_secret)

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(*args: Any, **kwargs: Any) -> Response:
            request.max_content_length = verifier.max_body_bytes
            try:
                webhook = gate.verify(
                    Request(
                        headers=request.headers,
                        body=request.get_data(),
                        method=request.method,
                        url=url(),
                        query=request.query_string.decode("latin-1"),
                    )
                )
                if isinstance(webhook, Answer):
                    return _response(webhook)
                taken(gate, webhook)
            except RequestEntityTooLarge:
                return _response(too_large())
            except Refused as refused:
                return _response(refused.answer)
            g.webhook = webhook
            try:
                result = current_app.ensure_sync(view)(*args, **kwargs)
                response = _response(gate.success()) if result is None else make_response(result)
            except BaseException:
                gate.release(webhook)
                raise
            if response.status_code >= 500:
                gate.release(webhook)
            return response

        return wrapped

    return decorate


def verify_query(
    verifier: SignedQueryVerifier, *, store: ReplayStore | None = None
) -> Callable[[View], View]:
    """Lets only verified links reach a view, which finds what they prove as ``flask.g.verified_query``."""
    gate = QueryGate(verifier, store)

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            try:
                verified = gate.verify(request.query_string)
                taken(gate, verified)
            except Refused as refused:
                return _response(refused.answer)
            g.verified_query = verified
            return current_app.ensure_sync(view)(*args, **kwargs)

        return wrapped

    return decorate


def _response(answer: Answer) -> Response:
    return Response(answer.body, status=answer.status, headers=answer.headers)
