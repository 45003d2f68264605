"""The adapter protocol over the public API of the Python package: it translates, and holds no protocol logic.

The protocol is described in `tests/adapters/README.md`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from countermark import CountermarkError

from . import inspect, login, meta, query, securesign, tools, webhook
from .fields import BadRequest, Fields

Answer = dict[str, Any]

OPERATIONS: dict[str, Callable[[Fields], Answer]] = {
    "access_pass.check": tools.access_pass,
    "deep_link.build": tools.deep_link,
    "ident.normalize": tools.normalize,
    "login.machine": login.machine,
    "login.request": login.request,
    "login.run": login.run,
    "meta.errors": meta.errors,
    "meta.states": meta.states,
    "meta.version": meta.version,
    "query.sign": query.sign,
    "query.verify": query.verify,
    "replay.run": tools.replay,
    "reply.parse": tools.parse_reply,
    "return_url.check": tools.return_url,
    "seal.open_foreign": tools.open_foreign,
    "securesign.callback": securesign.callback,
    "securesign.code": securesign.code,
    "securesign.deep_link": securesign.deep_link,
    "securesign.hint": securesign.hint,
    "securesign.origin": securesign.origin,
    "securesign.pin_session": securesign.pin_session,
    "securesign.pin_status": securesign.pin_status,
    "securesign.rate_limit": securesign.rate_limit,
    "securesign.session": securesign.session,
    "securesign.validate": securesign.validate,
    "webhook.candidates": inspect.candidates,
    "webhook.detect": inspect.detect,
    "webhook.explain": webhook.explain,
    "webhook.handshake": webhook.handshake,
    "webhook.inspect": inspect.inspect,
    "webhook.read_saved": inspect.read_saved,
    "webhook.sign": webhook.sign,
    "webhook.site_origin": webhook.site_origin,
    "webhook.status": webhook.status,
    "webhook.verify": webhook.verify,
}

BAD_REQUEST: Answer = {"id": None, "error": "BAD_REQUEST", "number": 0}


def answer(line: str | bytes) -> Answer:
    """Answers one request line."""
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        return BAD_REQUEST
    if not isinstance(request, dict):
        return BAD_REQUEST
    try:
        fields = Fields(request)
        return {"id": request.get("id"), "ok": OPERATIONS[fields.text("op")](fields)}
    except CountermarkError as error:
        return {"id": request.get("id"), "error": error.code, "number": error.number}
    except (BadRequest, KeyError, OverflowError, UnicodeError):
        return BAD_REQUEST
