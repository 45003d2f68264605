"""`query.*`"""

from __future__ import annotations

from typing import Any

from countermark import QueryKey, QueryProfile, SignedQuerySigner, SignedQueryVerifier

from .fields import BadRequest, Fields, without_none

PROFILES = {
    ("countermark-v1", None): QueryProfile.COUNTERMARK_V1,
    ("onelogin", None): QueryProfile.LEGACY_ONELOGIN,
    ("onelogin", "legacy"): QueryProfile.LEGACY_ONELOGIN,
    ("onelogin", "strict"): QueryProfile.LEGACY_ONELOGIN_STRICT,
}


def verify(fields: Fields) -> dict[str, Any]:
    verifier = SignedQueryVerifier(
        profile(fields),
        [key(one) for one in fields.objects("keys")],
        audience=fields.text_opt("audience"),
        max_age_s=fields.int_opt("max_age_s"),
        max_future_s=fields.int_opt("max_future_s"),
        allow_empty_names=fields.flag_opt("allow_empty_names"),
        allow_demo_secret=demo_secret(fields),
    )
    verified = verifier.verify(fields.text("query"), now_ms=fields.int("now_ms"))
    email = None
    if account := fields.object_opt("account"):
        email = verified.check_profile(account.text("firstname"), account.text("lastname"))
    known = fields.texts_opt("known_emails")
    if known is not None:
        email = verified.check_known_emails(known)
    return without_none(
        fields=verified.fields,
        timestamp=verified.signed_at_ms // 1000,
        key_id=verified.key_id,
        replay_key=verified.replay_key,
        tenant=verified.tenant,
        claimed_email=verified.claimed_email,
        email=email,
        ambiguous_emails=verified.ambiguous_emails() if fields.flag_opt("ambiguous_emails") else None,
    )


def sign(fields: Fields) -> dict[str, Any]:
    secret = fields.object_opt("key")
    content = fields.object_opt("fields")
    if secret is None or content is None or not all(isinstance(value, str) for value in content.members.values()):
        raise BadRequest
    signer = SignedQuerySigner(
        profile(fields),
        key(secret),
        audience=fields.text_opt("audience"),
        lifetime_s=fields.int_opt("lifetime_s"),
        allow_demo_secret=demo_secret(fields),
    )
    entropy = fields.bytes("entropy_base64") if fields.has("entropy_base64") else None
    return {"query": signer.sign(content.members, now_ms=fields.int("now_ms"), entropy=entropy)}


def profile(fields: Fields) -> QueryProfile:
    name = fields.text("profile")
    mode = None if name == "countermark-v1" else fields.text_opt("mode")
    if (name, mode) not in PROFILES:
        raise BadRequest
    return PROFILES[name, mode]


def key(fields: Fields) -> QueryKey:
    return QueryKey(
        fields.text("id"),
        fields.text("secret"),
        not_before_ms=fields.int_opt("not_before_ms"),
        not_after_ms=fields.int_opt("not_after_ms"),
        tenant=fields.text_opt("tenant"),
        email_domains=fields.texts("email_domains"),
    )


def demo_secret(fields: Fields) -> bool:
    """The adapter is a test program, and the published vectors are made with the demo secret."""
    return fields.flag_opt("allow_demo_secret") is not False
