"""`access_pass.*`, `deep_link.*`, `ident.*`, `replay.*`, `reply.*`, `return_url.*`, `seal.*`"""

from __future__ import annotations

from typing import Any

import countermark
from countermark import AccessPass, AppLink, CountermarkError, MemoryReplayStore, SealKey, SessionSealer

from .fields import BadRequest, Fields, without_none

REPLIES = ("start", "state", "cancel", "release")


def access_pass(fields: Fields) -> dict[str, Any]:
    shown = AccessPass.from_base64(fields.text("icon"))
    return {"width": shown.width, "height": shown.height, "data_uri": shown.data_uri}


def deep_link(fields: Fields) -> dict[str, Any]:
    app = AppLink(fields.text("id_server"), scheme=fields.text_opt("scheme"))
    link = app.authenticate(fields.text("secsignid"), fields.text("authsessionid"), fields.text("return_url"))
    return {"link": link}


def return_url(fields: Fields) -> dict[str, Any]:
    return {"url": countermark.safe_return_url(fields.text("base"), fields.text("candidate"), fields.text("default"))}


def normalize(fields: Fields) -> dict[str, Any]:
    return {"secsignid": countermark.normalize_secsign_id(fields.text("secsignid"))}


def parse_reply(fields: Fields) -> dict[str, Any]:
    kind = fields.text("request")
    if kind not in REPLIES:
        raise BadRequest
    reply = countermark.parse_reply(kind, fields.bytes("body_base64"))
    return without_none(
        secsignid=reply.secsign_id,
        authsessionid=reply.auth_session_id,
        requestid=reply.request_id,
        servicename=reply.service_name,
        serviceaddress=reply.service_address,
        state=None if reply.state is None else reply.state.number,
        access_pass_base64=reply.access_pass_base64,
        unknown_fields=reply.unknown_fields or None,
    )


def replay(fields: Fields) -> dict[str, Any]:
    if fields.text("store") != "memory":
        raise BadRequest
    store = MemoryReplayStore(capacity=fields.int_opt("capacity"))
    return {"results": [_event(store, event) for event in fields.objects("events")]}


def _event(store: MemoryReplayStore, event: Fields) -> bool | str:
    key, operation = event.text("key"), event.text("op")
    try:
        if operation == "reserve":
            now_ms = event.int("now_ms")
            store.reserve(key, now_ms + event.int("ttl_s") * 1000, now_ms=now_ms)
            return True
        if operation == "commit":
            return store.commit(key)
        if operation == "is_committed":
            return store.is_committed(key)
        if operation == "release":
            return store.release(key)
    except CountermarkError as error:
        return error.code
    raise BadRequest


def open_foreign(fields: Fields) -> dict[str, Any]:
    key_id = fields.text_opt("key_id")
    sealer = SessionSealer(
        [SealKey("1" if key_id is None else key_id, fields.bytes("key_base64"))],
        service_name=fields.text_opt("service_name") or "",
        service_address=fields.text_opt("service_address") or "",
    )
    session = sealer.open(fields.text("token"), fields.text("binding"), now_ms=fields.int("now_ms"))
    return {
        "secsignid": session.secsign_id,
        "authsessionid": session.auth_session_id,
        "service_name": session.service_name,
        "service_address": session.service_address,
        "created_at_ms": session.created_at_ms,
    }
