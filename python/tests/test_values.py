"""What an operator or a program reads of a value, each item once."""

from __future__ import annotations

import struct
import zlib

import pytest

from countermark import (
    AccessPass,
    CountermarkError,
    HttpRequest,
    Login,
    LoginService,
    WebhookKey,
    WebhookVerifier,
    list_schemes,
)
from countermark.testing import sign_webhook

SECRET = "a secret of at least twenty characters"
STANDARD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + bytes(width)) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_a_key_that_cannot_be_used_is_named_and_masks_no_other() -> None:
    keys = [WebhookKey("bad", "whsec_not base64"), WebhookKey("good", STANDARD)]
    verifier = WebhookVerifier("standard-webhooks", keys)
    assert verifier.unusable_keys == ["bad"]
    signed = sign_webhook("standard-webhooks", STANDARD, b"{}", message_id="msg_1")
    assert verifier.verify(signed.headers, b"{}").key_id == "good"
    assert WebhookVerifier("standard-webhooks", keys[1:]).unusable_keys == []


@pytest.mark.parametrize(("scheme", "covers"), [("github", True), ("gitlab-token", False)])
def test_whether_the_signature_covers_the_body(scheme: str, covers: bool) -> None:
    verifier = WebhookVerifier(scheme, [WebhookKey("1", SECRET)])
    assert verifier.verify(sign_webhook(scheme, SECRET, b"{}").headers, b"{}").covers_body is covers


def test_a_scheme_names_the_headers_of_its_signature() -> None:
    named = {scheme.id: scheme.signature_headers for scheme in list_schemes()}
    assert (named["github"], named["imgproxy"]) == (["X-Hub-Signature-256"], [])


def test_an_access_pass_of_bytes() -> None:
    picture = png(88, 44)
    made = AccessPass.from_png(picture)
    assert (made.png, made.width, made.height) == (picture, 88, 44)
    for wrong in (b"", picture[:-1], picture + b"\0", png(513, 1)):
        with pytest.raises(CountermarkError) as refused:
            AccessPass.from_png(wrong)
        assert refused.value.code == "INVALID_ACCESS_PASS"


def test_a_request_says_how_long_its_reply_may_be() -> None:
    login = Login.begin(LoginService(service_name="Example", service_address="https://example.com"), "alice", 0)
    login.poll(0)
    login.on_store(None, 0)
    request = login.poll(0)
    assert isinstance(request, HttpRequest)
    assert request.max_reply_bytes == 64 * 1024
