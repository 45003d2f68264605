"""`securesign.*`: the reply is scripted, or that of a server."""

from __future__ import annotations

from typing import Any

import countermark
from countermark import (
    CountermarkError,
    HttpRequest,
    MemoryReplayStore,
    SecureSign,
    SecureSignClient,
    SecureSignPending,
    SecureSignRequest,
    SecureSignSession,
    SecureSignSessionCall,
    SecureSignValidateCall,
    SecureSignValidation,
)

from .fields import BadRequest, Fields, base64_of, without_none

FAILURES = ("timeout", "unreachable", "tls")
PLATFORMS = ("web", "mobile_browser", "desktop_software", "desktop_agent")
HASHES = ("SHA256", "SHA384", "SHA512")


def validate(fields: Fields) -> dict[str, Any]:
    platform = _one_of(fields.text("platform"), PLATFORMS)
    if fields.has("server"):
        return _validated(SecureSign(client(fields)).validate(fields.text("origin"), platform))
    call = client(fields).validate(fields.text("origin"), platform)
    sent = _exchange(call, fields)
    return sent or _validated(call.validation())


def session(fields: Fields) -> dict[str, Any]:
    if fields.has("server"):
        return _opened(SecureSign(client(fields)).session(request(fields))[0])
    call = client(fields).session(request(fields))
    sent = _exchange(call, fields)
    return sent or _opened(call.session())


def deep_link(fields: Fields) -> dict[str, Any]:
    with_api_key = fields.flag_opt("with_api_key") or False
    return {"deep_link": client(fields).deep_link(request(fields), with_api_key=with_api_key)}


def origin(fields: Fields) -> dict[str, Any]:
    return {"origin": countermark.securesign_origin(fields.text("origin"), environment(fields))}


def hint(fields: Fields) -> dict[str, Any]:
    claimed = countermark.read_securesign_callback(fields.text("query"))
    return without_none(
        request_id=claimed.request_id,
        claims_success=claimed.claims_success,
        code=claimed.code,
        signature_base64=None if claimed.signature is None else base64_of(claimed.signature),
        signed_at_ms=claimed.signed_at_ms,
    )


def callback(fields: Fields) -> dict[str, Any]:
    """The callbacks in their order, each at most once; the answer is that of the last."""
    signing, certificate, now_ms = client(fields), fields.bytes("certificate_base64"), fields.int("now_ms")
    pending = {stored.request_id: stored for stored in map(_pending, fields.objects("pending"))}
    used = MemoryReplayStore()
    last: dict[str, Any] | CountermarkError | None = None
    for query in fields.texts("queries"):
        try:
            last = _complete(signing, pending, certificate, used, query, now_ms)
        except CountermarkError as error:
            last = error
    if last is None:
        raise BadRequest
    if isinstance(last, CountermarkError):
        raise last
    return last


def _complete(
    signing: SecureSignClient,
    pending: dict[str, SecureSignPending],
    certificate: bytes,
    used: MemoryReplayStore,
    query: str,
    now_ms: int,
) -> dict[str, Any]:
    claimed = countermark.read_securesign_callback(query)
    if claimed.request_id not in pending:
        raise CountermarkError("UNKNOWN_REQUEST")
    result = signing.complete(claimed, pending[claimed.request_id], certificate, now_ms=now_ms)
    once = result.once_key
    try:
        used.reserve(once.key, now_ms + once.ttl_s * 1000, now_ms=now_ms)
    except countermark.ReplayError:
        raise CountermarkError("ALREADY_CONSUMED") from None
    return {
        "request_id": result.request_id,
        "certificate_serial": result.certificate_serial,
        "once_key": once.key,
        "once_ttl_s": once.ttl_s,
    }


def code(fields: Fields) -> dict[str, Any]:
    name, retry = countermark.securesign_code_retry(fields.text("code"))
    return {"code": name, "retry": retry}


def pin_status(fields: Fields) -> dict[str, Any]:
    status, permits_signing = countermark.pin_status_permits_signing(fields.text("status"))
    return {"status": status, "permits_signing": permits_signing}


def pin_session(fields: Fields) -> dict[str, Any]:
    is_open = countermark.securesign_pin_session_is_open(
        fields.int("last_use_ms"), fields.int("now_ms"), idle_ms=fields.int_opt("idle_ms")
    )
    return {"open": is_open}


def rate_limit(fields: Fields) -> dict[str, Any]:
    calls = fields.list("calls_ms")
    if not all(isinstance(call, int) for call in calls):
        raise BadRequest
    return {"wait_ms": countermark.securesign_rate_limit_wait_ms(calls, fields.int("rpm"), fields.int("now_ms"))}


def client(fields: Fields) -> SecureSignClient:
    server = fields.text_opt("server")
    return SecureSignClient(
        fields.text("api_key"),
        base_url=f"{server.rstrip('/')}/v1" if server else fields.text_opt("base_url"),
        environment=environment(fields),
        tenant_id=fields.text("tenant_id"),
        callback_hosts=fields.texts("callback_hosts"),
        clock_skew_s=fields.int_opt("clock_skew_s"),
    )


def request(fields: Fields) -> SecureSignRequest:
    return SecureSignRequest(
        request_id=fields.text("request_id"),
        hash=fields.bytes("hash_base64"),
        algorithm=_one_of(fields.text("hash_algo"), HASHES),
        callback_url=fields.text("callback_url"),
    )


def _pending(fields: Fields) -> SecureSignPending:
    return SecureSignPending(
        request_id=fields.text("request_id"),
        hash=fields.bytes("hash_base64"),
        algorithm=_one_of(fields.text("hash_algo"), HASHES),
        expires_at_ms=fields.int("expires_at_ms"),
    )


def environment(fields: Fields) -> str:
    return _one_of(fields.text("environment"), ("live", "test"))


def _one_of(name: str, names: tuple[str, ...]) -> str:
    if name not in names:
        raise BadRequest
    return name


def _exchange(call: SecureSignValidateCall | SecureSignSessionCall, fields: Fields) -> dict[str, Any] | None:
    """Feeds the scripted reply; without one, gives what would be sent."""
    now_ms = fields.int_opt("now_ms") or 0
    step = call.poll(now_ms)
    if not isinstance(step, HttpRequest):
        raise BadRequest
    reply = fields.object_opt("reply")
    if reply is None:
        return {
            "method": step.method,
            "url": step.url,
            "headers": [list(pair) for pair in step.headers],
            "body": step.body.decode(),
        }
    if failure := reply.text_opt("failure"):
        call.on_transport_error(_one_of(failure, FAILURES), "maybe_sent", now_ms)
        return None
    text = reply.text_opt("body")
    times = reply.int_opt("times")
    body = reply.bytes("body_base64") if text is None else (text * (1 if times is None else times)).encode()
    call.on_response(reply.int("status"), body, now_ms)
    return None


def _validated(validation: SecureSignValidation) -> dict[str, Any]:
    return without_none(tenant_id=validation.tenant_id, rpm=validation.rpm)


def _opened(opened: SecureSignSession) -> dict[str, Any]:
    return {
        "session_id": opened.session_id,
        "expires_at_ms": opened.expires_at_ms,
        "deep_link": opened.deep_link,
    }
