"""Flask: decorators for views."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import Response, after_this_request, current_app, g, make_response, request
from werkzeug.exceptions import RequestEntityTooLarge

from .._native import SignedQueryVerifier, WebhookVerifier
from ._bodies import already_read, is_endless
from ._gate import LINK_HEADERS, Answer, QueryGate, Refused, Request, WebhookGate
from ._replay_keys import taken
from ._urls import wsgi_url

if TYPE_CHECKING:
    from ..stores import OnceStore, ReplayStore

    View = Callable[..., Any]


def verify_webhook(
    verifier: WebhookVerifier,
    *,
    store: ReplayStore | None = None,
    keep_s: float | None = None,
    handshake_secret: str | bytes | None = None,
    origin: str | None = None,
) -> Callable[[View], View]:
    """Lets only verified webhooks reach a view, which finds them as ``flask.g.webhook``.

    The view may be a coroutine. If it returns `None`, the sender gets the answer that it wants to hear. If it raises, or answers with 4xx or 5xx, the replay key
    is given back. ``origin`` is the site's own as senders call it, such as ``https://hooks.example``, for the schemes that sign the URL.
    """
    gate = WebhookGate(verifier, store, keep_s, handshake_secret, origin)

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(*args: Any, **kwargs: Any) -> Response:
            # One byte more, since Werkzeug cuts a body without a length off at the limit and says nothing.
            request.max_content_length = verifier.max_body_bytes + 1
            try:
                webhook = gate.verify(
                    Request(
                        headers=request.headers,
                        body=_body(gate),
                        method=request.method,
                        url=wsgi_url(gate.origin, request.environ),
                        query=request.query_string.decode("latin-1"),
                    )
                )
                if isinstance(webhook, Answer):
                    return _response(webhook)
                taken(gate, webhook)
            except RequestEntityTooLarge:
                return _response(gate.too_large().answer)
            except Refused as refused:
                return _response(refused.answer)
            g.webhook = webhook
            try:
                result = current_app.ensure_sync(view)(*args, **kwargs)
                response = _response(gate.success()) if result is None else make_response(result)
            except BaseException:
                gate.release(webhook)
                raise
            if response.status_code >= 400:
                gate.release(webhook)
            else:
                gate.commit(webhook)
            return response

        return wrapped

    return decorate


def verify_query(
    verifier: SignedQueryVerifier, *, store: OnceStore | None = None
) -> Callable[[View], View]:
    """Lets only verified links reach a view, which finds what they prove as ``flask.g.verified_query``.

    With a store, the link stays used, also if the view fails.
    """
    gate = QueryGate(verifier, store)

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(*args: Any, **kwargs: Any) -> Response:
            # Also on the page of an error.
            after_this_request(_unkept)
            try:
                verified = gate.verify(request.method, request.headers.get("Sec-Purpose"), request.query_string)
                taken(gate, verified)
                g.verified_query = verified
                return make_response(current_app.ensure_sync(view)(*args, **kwargs))
            except Refused as refused:
                return _response(refused.answer)

        return wrapped

    return decorate


def _body(gate: WebhookGate) -> bytes:
    if is_endless(request.environ):
        raise gate.endless()
    body = request.get_data()
    if not body and "form" in vars(request) and (request.form or request.files):
        raise already_read()
    return body


def _unkept(response: Response) -> Response:
    response.headers.update(LINK_HEADERS)
    return response


def _response(answer: Answer) -> Response:
    return Response(answer.body, status=answer.status, headers=answer.headers)
