"""Verification beside its alternatives: ``python/.venv/bin/python python/benches/verify.py`` after ``scripts/build-python --release``.

The hand-written peers check the same things (time, form, constant-time comparison) and are tuned: a kept ``hmac`` object that is
copied, no joined message, no general parser.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import time
from typing import Any
from urllib.parse import parse_qs, unquote

import standardwebhooks
import stripe
import svix
from measure import compare

from countermark import QueryKey, QueryProfile, SignedQueryVerifier, WebhookKey, WebhookVerifier
from countermark.testing import sign_query, sign_webhook

TOKEN = "ff25c77ae75a81d21b6c61d92"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
STRIPE = "whsec_5b1f3c0d8a7e4c2f9d6b5a4e3c2d1f0a"


def onelogin() -> None:
    key = QueryKey("1", TOKEN)
    fields = {"firstname": "Jane", "lastname": "Doe", "email": "jane.doe@example.com"}
    query = sign_query(QueryProfile.LEGACY_ONELOGIN, key, fields)
    verifier = SignedQueryVerifier(QueryProfile.LEGACY_ONELOGIN, [key])

    def typical() -> dict[str, str]:
        values = {name: value[0] for name, value in parse_qs(query, strict_parsing=True).items()}
        if abs(time.time() - int(values["timestamp"])) > 240:
            raise ValueError("time")
        signed = values["firstname"] + values["lastname"] + values["email"] + values["timestamp"] + TOKEN
        if not hmac.compare_digest(hashlib.sha1(signed.encode()).hexdigest(), values["signature"]):
            raise ValueError("signature")
        return values

    def tuned() -> dict[str, str]:
        values = {}
        for pair in query.split("&"):
            name, _, value = pair.partition("=")
            if name in values:
                raise ValueError("twice")
            values[name] = unquote(value) if "%" in value else value
        if abs(time.time() - int(values["timestamp"])) > 240:
            raise ValueError("time")
        signed = values["firstname"] + values["lastname"] + values["email"] + values["timestamp"] + TOKEN
        if not hmac.compare_digest(hashlib.sha1(signed.encode()).hexdigest(), values["signature"]):
            raise ValueError("signature")
        return values

    compare(
        f"OneLogin query, {len(query)} bytes",
        {
            "countermark": lambda: verifier.verify(query),
            "by hand, tuned (split)": tuned,
            "by hand, typical (parse_qs)": typical,
        },
    )


def webhook(length: int) -> None:
    body = b'{"data": "' + base64.b64encode(os.urandom(length))[: length - 12] + b'"}'
    headers = dict(sign_webhook("standard-webhooks", SECRET, body, message_id="msg_p5jXN8AQM9LWM0D4loKWxJek").headers)
    pairs = list(headers.items())
    lower = {name.lower(): value for name, value in headers.items()}
    verifier = WebhookVerifier("standard-webhooks", [WebhookKey("1", SECRET)])
    kept = hmac.new(base64.b64decode(SECRET[6:]), digestmod=hashlib.sha256)
    raw_key = base64.b64decode(SECRET[6:])

    def copied() -> bytes:
        message_id, timestamp = lower["webhook-id"], lower["webhook-timestamp"]
        if abs(time.time() - int(timestamp)) > 300:
            raise ValueError("time")
        mac = kept.copy()
        mac.update(f"{message_id}.{timestamp}.".encode())
        mac.update(body)
        expected = base64.b64encode(mac.digest())
        for part in lower["webhook-signature"].split(" "):
            version, _, signature = part.partition(",")
            if version == "v1" and hmac.compare_digest(signature.encode(), expected):
                return body
        raise ValueError("signature")

    def digested() -> bytes:
        message_id, timestamp = lower["webhook-id"], lower["webhook-timestamp"]
        if abs(time.time() - int(timestamp)) > 300:
            raise ValueError("time")
        expected = base64.b64encode(hmac.digest(raw_key, f"{message_id}.{timestamp}.".encode() + body, "sha256"))
        for part in lower["webhook-signature"].split(" "):
            version, _, signature = part.partition(",")
            if version == "v1" and hmac.compare_digest(signature.encode(), expected):
                return body
        raise ValueError("signature")

    standard, svix_webhook = standardwebhooks.Webhook(SECRET), svix.Webhook(SECRET)
    signed_for_stripe = sign_webhook("stripe", STRIPE, body).headers
    stripe_header = dict(signed_for_stripe)["Stripe-Signature"]
    stripe_verifier = WebhookVerifier("stripe", [WebhookKey("1", STRIPE)])
    text = body.decode()
    view = memoryview(bytearray(body))

    def stripe_verify() -> Any:
        return stripe.WebhookSignature.verify_header(text, stripe_header, STRIPE, tolerance=300)

    compare(
        f"Standard Webhooks, {length:,} bytes",
        {
            "countermark (dict)": lambda: verifier.verify(lower, body),
            "countermark (pairs)": lambda: verifier.verify(pairs, body),
            "countermark (a buffer that can change)": lambda: verifier.verify(lower, view),
            "by hand, best (kept hmac.copy())": copied,
            "by hand, hmac.digest": digested,
            "standardwebhooks": lambda: standard.verify(body, lower),
            "svix": lambda: svix_webhook.verify(body, lower),
            "countermark, scheme stripe": lambda: stripe_verifier.verify(signed_for_stripe, body),
            "stripe WebhookSignature.verify_header": stripe_verify,
        },
    )


onelogin()
for size in (256, 4_096, 65_536, 1_048_576):
    webhook(size)
