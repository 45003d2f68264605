"""Bodies that cannot be had as they came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import CountermarkError


def is_chunked(environ: Mapping[str, Any]) -> bool:
    """Whether a body of WSGI came without its length."""
    return "HTTP_TRANSFER_ENCODING" in environ and not environ.get("CONTENT_LENGTH")


def is_endless(environ: Mapping[str, Any]) -> bool:
    """Whether nobody can read such a body, since the server does not say where it ends."""
    return is_chunked(environ) and not environ.get("wsgi.input_terminated")


def already_read() -> CountermarkError:
    """For a body that something else has read, and kept in another form."""
    return CountermarkError("BODY_ALREADY_READ")
