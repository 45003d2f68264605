"""AWS Lambda: a decorator for handlers behind an API Gateway, a load balancer or a function URL."""

from __future__ import annotations

import base64
import inspect
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .._native import VerifiedWebhook, WebhookVerifier
from ._gate import Answer, Refused, Request, WebhookGate
from ._replay_keys import taken
from ._urls import url_of

if TYPE_CHECKING:
    from ..stores import ReplayStore

Event = dict[str, Any]
Handler = Callable[[VerifiedWebhook, Event, Any], Any]


def verify_webhook(
    verifier: WebhookVerifier,
    *,
    store: ReplayStore | None = None,
    keep_s: float | None = None,
    handshake_secret: str | bytes | None = None,
    origin: str | None = None,
) -> Callable[[Handler], Callable[[Event, Any], Any]]:
    """Calls the handler as ``handler(webhook, event, context)``, with verified webhooks only.

    If it returns `None`, the sender gets the answer that it wants to hear. If it raises, or answers with 4xx or 5xx, the replay key is given back. For
    schemes that sign the URL, give the site's own ``origin`` as senders call it. Events of payload format 1.0 hold the query taken apart: where
    its order or spelling is signed, use format 2.0.
    """
    gate = WebhookGate(verifier, store, keep_s, handshake_secret, origin)

    def decorate(handler: Handler) -> Callable[[Event, Any], Any]:
        @wraps(handler)
        def wrapped(event: Event, context: Any) -> Any:
            try:
                webhook = gate.verify(_request(event, gate.origin))
                if isinstance(webhook, Answer):
                    return _response(event, webhook)
                taken(gate, webhook)
            except Refused as refused:
                return _response(event, refused.answer)
            try:
                result = handler(webhook, event, context)
                if inspect.iscoroutine(result):
                    result.close()
                    raise TypeError("a coroutine, which AWS Lambda does not run")
            except BaseException:
                gate.release(webhook)
                raise
            if _status(result) >= 400:
                gate.release(webhook)
            else:
                gate.commit(webhook)
            return _response(event, gate.success()) if result is None else result

        return wrapped

    return decorate


def _status(result: Any) -> int:
    """The status of an answer. Of payload format 2.0, anything without one is the body of a 200."""
    try:
        return int(result["statusCode"])
    except (KeyError, TypeError, ValueError):
        return 200


def _request(event: Event, origin: str) -> Request:
    body = event.get("body") or ""
    many = event.get("multiValueHeaders")
    headers = (
        [(name, value) for name, values in many.items() for value in values]
        if many
        else list((event.get("headers") or {}).items())
    )
    path, query = _target(event)
    return Request(
        headers=headers,
        # Text that is no Unicode verifies as little as any other that nobody signed.
        body=base64.b64decode(body) if event.get("isBase64Encoded") else body.encode(errors="surrogatepass"),
        method=_context(event).get("http", {}).get("method") or event.get("httpMethod") or "",
        url=url_of(origin, f"{path}?{query}" if query else path),
        query=query,
    )


def _context(event: Event) -> dict[str, Any]:
    context: dict[str, Any] = event.get("requestContext") or {}
    return context


def _target(event: Event) -> tuple[str, str]:
    """Path and query, as they were called where the event still says it."""
    if "rawPath" in event:
        return event["rawPath"], event.get("rawQueryString") or ""
    context, many = _context(event), event.get("multiValueQueryStringParameters")
    pairs = (
        [(name, value) for name, values in many.items() for value in values]
        if many
        else list((event.get("queryStringParameters") or {}).items())
    )
    if "elb" in context:
        # A load balancer decodes nothing.
        return event.get("path") or "", "&".join(f"{name}={value}" for name, value in pairs)
    # An API Gateway decodes the query, and leaves the stage out of the path.
    encoded = (f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)
    return context.get("path") or event.get("path") or "", "&".join(encoded)


def _response(event: Event, answer: Answer) -> Event:
    """As text: a REST API decodes base64 only for the types that it was told to."""
    response: Event = {"statusCode": answer.status, "body": answer.body.decode(), "isBase64Encoded": False}
    if "elb" in _context(event) and "multiValueHeaders" in event:
        # Such a load balancer takes headers in no other form.
        return {**response, "multiValueHeaders": {name: [value] for name, value in answer.headers.items()}}
    return {**response, "headers": answer.headers}
