"""`webhook.candidates`, `webhook.detect`, `webhook.inspect` and `webhook.read_saved`"""

from __future__ import annotations

from typing import Any

import countermark
from countermark import Difference, WebhookExplainer

from .fields import Fields, base64_of
from .webhook import body, context, headers, keys, settings


def read_saved(fields: Fields) -> dict[str, Any]:
    saved = countermark.read_saved_request(fields.bytes("saved_base64"))
    return {
        "method": saved.method,
        "url": saved.url,
        "headers": [[name, value.decode(errors="replace")] for name, value in saved.headers],
        "body_base64": base64_of(saved.body),
        "form": saved.form,
    }


def candidates(fields: Fields) -> dict[str, Any]:
    found = countermark.candidate_schemes(headers(fields), body(fields), **context(fields))
    return {"candidates": [{"scheme": one.scheme, "whole": one.is_whole, "seen": one.seen} for one in found]}


def detect(fields: Fields) -> dict[str, Any]:
    found = countermark.detect_scheme(keys(fields), headers(fields), body(fields), **context(fields), now_ms=fields.int("now_ms"))
    return {"scheme": found} if found else {}


def inspect(fields: Fields) -> dict[str, Any]:
    explainer = WebhookExplainer(fields.text("scheme"), keys(fields), **settings(fields))
    _, content = explainer.inspect(headers(fields), body(fields), **context(fields), now_ms=fields.int("now_ms"))
    if content is None:
        return {}
    return {
        "received": _parts(content.received),
        "signed": _parts(content.signed),
        "differences": [_difference(one) for one in content.differences],
    }


def _parts(parts: list[tuple[str, bytes]]) -> list[dict[str, str]]:
    return [{"name": name, "base64": base64_of(part)} for name, part in parts]


def _difference(one: Difference) -> list[int]:
    return [one.received.start, one.received.stop, one.signed.start, one.signed.stop]
