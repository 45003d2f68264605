"""The URL that a sender called, from what servers and proxies leave of it: some schemes sign it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

PATH = "/:@!$&'()*+,;=~"
"""What stands in a path as it is, beside letters, digits, ``_``, ``.`` and ``-`` (RFC 3986, 3.3)."""


def url_of(origin: str, target: str) -> str:
    """The URL that a sender called, by the site's own origin as `WebhookGate` has it: what a request says of its host is the sender's word. Empty
    where the site told none: some schemes sign no more than what stands behind it."""
    return origin + target


def wsgi_url(origin: str, environ: Mapping[str, Any]) -> str:
    """The URL of a request of WSGI."""
    return url_of(origin, wsgi_target(environ, is_whole=_has_path(origin)))


def asgi_url(origin: str, scope: Mapping[str, Any]) -> str:
    """The URL of a request of ASGI."""
    return url_of(origin, asgi_target(scope, is_whole=_has_path(origin)))


def _has_path(origin: str) -> bool:
    """Whether the site itself says what a proxy cut off."""
    return urlsplit(origin).path != ""


def wsgi_target(environ: Mapping[str, Any], *, is_whole: bool = False) -> str:
    """Path and query as they came, where the server keeps them: `PATH_INFO` is decoded. Before them, what a proxy cut off, unless ``is_whole``."""
    root: str = environ.get("SCRIPT_NAME", "").rstrip("/")
    path: str = environ.get("PATH_INFO", "")
    raw: str = environ.get("REQUEST_URI") or environ.get("RAW_URI") or ""
    if raw.startswith("/"):
        # Apache and FastCGI may have a script name that no proxy cut off, of a rule of their own.
        is_whole = is_whole or "SCRIPT_FILENAME" in environ
        cut = "" if is_whole else _cut_off(root, path, unquote(raw.partition("?")[0], encoding="latin-1"))
        return quote(cut.encode("latin-1"), safe=PATH) + raw
    return _target(quote((root + path).encode("latin-1"), safe=PATH), environ.get("QUERY_STRING", ""))


def asgi_target(scope: Mapping[str, Any], *, is_whole: bool = False) -> str:
    """The same for ASGI."""
    # Starlette lets `root_path` grow with each mount.
    root: str = scope.get("app_root_path", scope.get("root_path", "")).rstrip("/")
    path: str = scope["path"]
    raw: bytes | None = scope.get("raw_path")
    shown = quote(path, safe=PATH) if raw is None else raw.decode("latin-1")
    cut = "" if is_whole else _cut_off(root, path, unquote(shown))
    query = scope["query_string"]
    # Django's own test client has it as text.
    return _target(quote(cut, safe=PATH) + shown, query if isinstance(query, str) else query.decode("latin-1"))


def _cut_off(root: str, path: str, came: str) -> str:
    """The part of an application's root that a proxy cut off: senders have it in their URL, and what came has not."""
    if _is_below(came, root):
        return ""
    # A part only, where something behind the proxy cut off the rest.
    whole = root + path
    cut = whole.removesuffix(came)
    return cut if whole.endswith(came) and _is_below(root, cut) else root


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root + "/") or not root


def _target(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
