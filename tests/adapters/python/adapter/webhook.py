"""`webhook.*`"""

from __future__ import annotations

from typing import Any

import countermark
from countermark import WebhookAnswer, WebhookCause, WebhookExplainer, WebhookKey, WebhookSigner, WebhookVerifier

from .fields import BadRequest, Fields, base64_of, without_none


def verify(fields: Fields) -> dict[str, Any]:
    verifier = WebhookVerifier(fields.text("scheme"), keys(fields), **settings(fields))
    verified = verifier.verify(headers(fields), body(fields), **context(fields), now_ms=fields.int("now_ms"))
    return without_none(
        key_id=verified.key_id,
        message_id=verified.message_id,
        timestamp_ms=verified.timestamp_ms,
        covers=verified.covers,
        replay_key=verified.replay_key,
    )


def site_origin(fields: Fields) -> dict[str, Any]:
    verifier = WebhookVerifier(fields.text("scheme"), keys(fields), **settings(fields))
    return {"origin": verifier.site_origin(fields.text_opt("origin"))}


def explain(fields: Fields) -> dict[str, Any]:
    explainer = WebhookExplainer(fields.text("scheme"), keys(fields), **settings(fields))
    found = explainer.explain(headers(fields), body(fields), **context(fields), now_ms=fields.int("now_ms"))
    return without_none(
        verified=found.error is None,
        error=found.error,
        causes=[cause.name for cause in found.causes],
        details=[_detail(cause) for cause in found.causes],
        complete=found.complete,
        body_len=found.body_len,
        body_sha256=found.body_sha256,
    )


def _detail(cause: WebhookCause) -> dict[str, Any]:
    return without_none(
        certainty=cause.certainty,
        subject=cause.subject or None,
        fits=cause.fits or None,
        amount=cause.amount if cause.unit else None,
    )


def sign(fields: Fields) -> dict[str, Any]:
    one = fields.object_opt("key")
    signer = WebhookSigner(fields.text("scheme"), [key(one)] if one else keys(fields))
    signed = signer.sign(
        body(fields),
        headers=headers(fields),
        **context(fields),
        message_id=fields.text_opt("message_id"),
        now_ms=fields.int("now_ms"),
    )
    return without_none(
        headers=[list(pair) for pair in signed.headers],
        url=signed.url,
        query=signed.query,
        body_base64=None if signed.body is None else base64_of(signed.body),
    )


def handshake(fields: Fields) -> dict[str, Any]:
    scheme = fields.text("scheme")
    received = body(fields) if fields.has("body_base64") else b""
    answer = countermark.answer_webhook_handshake(
        scheme, headers(fields), received, secret=fields.text_opt("secret"), **context(fields)
    )
    return {
        "order": countermark.webhook_handshake_order(scheme),
        "answer": answer and _answer(answer),
        "hands_over_secret": countermark.webhook_handshake_secret(scheme, received) is not None,
    }


def status(fields: Fields) -> dict[str, Any]:
    scheme, error = fields.text("scheme"), fields.text_opt("error")
    if error is None:
        return _answer(countermark.webhook_success(scheme))
    if error not in {row.name for row in countermark.list_errors()}:
        raise BadRequest
    return {"status": countermark.webhook_error_status(scheme, error)}


def _answer(answer: WebhookAnswer) -> dict[str, Any]:
    return {"status": answer.status, "content_type": answer.content_type, "body_base64": base64_of(answer.body)}


def key(fields: Fields) -> WebhookKey:
    return WebhookKey(
        fields.text("id"),
        fields.text("secret"),
        encoding=fields.text_opt("encoding"),
        not_before_ms=fields.int_opt("not_before_ms"),
        not_after_ms=fields.int_opt("not_after_ms"),
    )


def keys(fields: Fields) -> list[WebhookKey]:
    return [key(one) for one in fields.objects("keys")]


def settings(fields: Fields) -> dict[str, Any]:
    return {
        "max_age_s": fields.int_opt("max_age_s"),
        "max_future_s": fields.int_opt("max_future_s"),
        "check_time": fields.flag_opt("check_time"),
        "max_body_bytes": fields.int_opt("max_body_bytes"),
    }


def context(fields: Fields) -> dict[str, Any]:
    return {name: fields.text_opt(name) for name in ("method", "url", "query")}


def body(fields: Fields) -> bytes:
    return fields.bytes("body_base64")


def headers(fields: Fields) -> list[tuple[str, bytes]]:
    pairs = fields.list("headers")
    for pair in pairs:
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) for text in pair)):
            raise BadRequest
    return [(name, value.encode()) for name, value in pairs]
