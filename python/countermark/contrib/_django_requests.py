"""What a request of Django holds, as it came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, RawPostDataException

from ._bodies import already_read, is_chunked, is_endless
from ._gate import Request, WebhookGate
from ._urls import asgi_url, wsgi_url


def read(request: HttpRequest, gate: WebhookGate) -> Request:
    """All that a sender may have signed; `Refused` for a body that is too long."""
    request = of_django(request)
    return Request(
        headers=request.headers,
        body=_body(request, gate),
        method=request.method or "",
        url=_url(gate.origin, request),
        query=request.META.get("QUERY_STRING", ""),
    )


def of_django(request: HttpRequest) -> HttpRequest:
    """The request that a view of Django REST framework has in one of its own."""
    inner = getattr(request, "_request", None)
    return inner if isinstance(inner, HttpRequest) else request


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
    most, of_settings = gate.verifier.max_body_bytes, settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if of_settings is not None:
        most = min(most, of_settings)
    parts, left = [], most + 1
    # A read may give less than is asked for.
    while left and (part := environ["wsgi.input"].read(left)):
        parts.append(part)
        left -= len(part)
    if not left:
        raise gate.too_large()
    return b"".join(parts)


def _url(origin: str, request: HttpRequest) -> str:
    if isinstance(request, WSGIRequest):
        return wsgi_url(origin, request.environ)
    # With `FORCE_SCRIPT_NAME`; `environ` has it too.
    return asgi_url(origin, {**request.scope, "root_path": request.META["SCRIPT_NAME"]})


def raw_query(request: HttpRequest) -> str | bytes:
    """The raw query. WSGI hands out bytes as text (PEP 3333)."""
    query: str = request.META.get("QUERY_STRING", "")
    return query.encode("latin-1") if isinstance(request, WSGIRequest) else query
