"""AWS Lambda: a decorator for handlers behind an API Gateway, a load balancer or a function URL."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from .._native import VerifiedWebhook, WebhookVerifier
from ._gate import Answer, Refused, Request, WebhookGate, taken, url_of

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

    If it returns `None`, the sender gets the answer that it wants to hear. If it raises, or answers with 5xx, the replay key is given back. Events of
    payload format 1.0 hold no raw path and query; for schemes that sign them, use format 2.0, and give the site's own ``origin`` as senders call it.
    """
    gate = WebhookGate(verifier, store, keep_s, handshake_secret)

    def decorate(handler: Handler) -> Callable[[Event, Any], Any]:
        @wraps(handler)
        def wrapped(event: Event, context: Any) -> Any:
            try:
                webhook = gate.verify(_request(event, origin))
                if isinstance(webhook, Answer):
                    return _response(webhook)
                taken(gate, webhook)
            except Refused as refused:
                return _response(refused.answer)
            try:
                result = handler(webhook, event, context)
            except BaseException:
                gate.release(webhook)
                raise
            if result is None:
                return _response(gate.success())
            if _status(result) >= 500:
                gate.release(webhook)
            return result

        return wrapped

    return decorate


def _status(result: Any) -> int:
    """The status of an answer. Of payload format 2.0, anything without one is the body of a 200."""
    try:
        return int(result["statusCode"])
    except (KeyError, TypeError, ValueError):
        return 200


def _request(event: Event, origin: str | None) -> Request:
    body = event.get("body") or ""
    many = event.get("multiValueHeaders")
    headers = (
        [(name, value) for name, values in many.items() for value in values]
        if many
        else list((event.get("headers") or {}).items())
    )
    return Request(
        headers=headers,
        # Text that is no Unicode verifies as little as any other that nobody signed.
        body=base64.b64decode(body) if event.get("isBase64Encoded") else body.encode(errors="surrogatepass"),
        method=_http(event).get("method") or event.get("httpMethod") or "",
        url=_url(event, origin),
        query=event.get("rawQueryString") or "",
    )


def _http(event: Event) -> dict[str, Any]:
    http: dict[str, Any] = event.get("requestContext", {}).get("http", {})
    return http


def _url(event: Event, origin: str | None) -> str | None:
    if "rawPath" not in event:
        return None
    query = event.get("rawQueryString")
    return url_of(origin, event["rawPath"] + (f"?{query}" if query else ""))


def _response(answer: Answer) -> Event:
    return {
        "statusCode": answer.status,
        "headers": answer.headers,
        "body": base64.b64encode(answer.body).decode(),
        "isBase64Encoded": True,
    }
