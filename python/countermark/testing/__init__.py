"""For the tests of programs that use Countermark: signers, and the ID-server emulator.

With pytest, the fixture ``countermark_id_server`` is there as soon as the package is installed.
"""

from __future__ import annotations

from .._native import QueryKey, QueryProfile, SignedQuerySigner, SignedWebhook, WebhookKey, WebhookSigner
from .id_server import IdServer as IdServer

__all__ = ["IdServer", "sign_query", "sign_webhook"]


def sign_webhook(
    scheme: str,
    secret: str,
    body: bytes,
    *,
    headers: dict[str, str] | None = None,
    method: str | None = None,
    url: str | None = None,
    query: str | None = None,
    message_id: str | None = None,
    now_ms: int | None = None,
) -> SignedWebhook:
    """What the sender of ``scheme`` would send: headers to add and, for some schemes, another URL, query or body.

    For a public-key scheme ``secret`` is the private key.
    """
    signer = WebhookSigner(scheme, [WebhookKey("test", secret)])
    return signer.sign(
        body, headers=headers, method=method, url=url, query=query, message_id=message_id, now_ms=now_ms
    )


def sign_query(
    profile: QueryProfile,
    key: QueryKey,
    fields: dict[str, str],
    *,
    audience: str | None = None,
    now_ms: int | None = None,
) -> str:
    """A signed query, without ``?``."""
    return SignedQuerySigner(profile, key, audience=audience).sign(fields, now_ms=now_ms)
