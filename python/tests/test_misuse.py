"""Wrong use gives typed errors, never a crash, and never shows a secret."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import countermark
from countermark import (
    AuthSession,
    ConfigError,
    CountermarkError,
    ErrorCode,
    ExpiredError,
    Login,
    LoginService,
    MemoryReplayStore,
    Outcome,
    QueryKey,
    QueryProfile,
    SchemeSpec,
    SealKey,
    SessionSealer,
    SignedQueryVerifier,
    State,
    VerificationError,
    VerifiedQuery,
    VerifiedWebhook,
    WebhookKey,
    WebhookSigner,
    WebhookVerifier,
)

SECRET = "a secret of at least twenty characters"


def verifier() -> WebhookVerifier:
    return WebhookVerifier("github", [WebhookKey("1", SECRET)])


def signed(body: bytes) -> list[tuple[str, str]]:
    return WebhookSigner("github", [WebhookKey("1", SECRET)]).sign(body).headers


@pytest.mark.parametrize("body", ["text", 12, None, ["list"], object()])
def test_a_body_must_be_bytes(body: Any) -> None:
    with pytest.raises(TypeError):
        verifier().verify([], body)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, lambda body: memoryview(b"_" + body)[1:]])
def test_every_buffer_is_a_body(kind: Any) -> None:
    body = b'{"a": 1}'
    webhook = verifier().verify(signed(body), kind(body))
    assert webhook.body == body and type(webhook.body) is bytes


def test_what_was_verified_cannot_change() -> None:
    body = bytearray(b"signed")
    webhook = verifier().verify(signed(b"signed"), body)
    body[:] = b"forged"
    assert webhook.body == b"signed"


class Items:
    """Headers as frameworks hold them: `items` gives every duplicate."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs

    def items(self) -> list[tuple[str, str]]:
        return self.pairs


@pytest.mark.parametrize(
    "form",
    [
        list,
        tuple,
        dict,
        iter,
        Items,
        lambda pairs: {name.lower().encode(): value.encode() for name, value in pairs},
        lambda pairs: [[name.upper(), value] for name, value in pairs],
        lambda pairs: [("X-\xe4\u0142", "\xe4\u0142"), (b"\xff", b"\xff"), *pairs],
    ],
)
def test_every_form_of_headers(form: Any) -> None:
    assert verifier().verify(form(signed(b"{}")), b"{}").key_id == "1"


def test_a_second_signature_is_seen() -> None:
    pairs = signed(b"{}")
    with pytest.raises(VerificationError) as refused:
        verifier().verify([*pairs, (pairs[0][0], "sha256=" + "0" * 64)], b"{}")
    assert refused.value.code == ErrorCode.AMBIGUOUS_INPUT


@pytest.mark.parametrize("headers", [None, 12, [("one",)], [1, 2], {"name": 3}, "text"])
def test_headers_of_another_form(headers: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        verifier().verify(headers, b"{}")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: WebhookVerifier("no-such", [WebhookKey("1", SECRET)]), "UNKNOWN_SCHEME"),
        (lambda: WebhookVerifier("github", []), "INVALID_CONFIG"),
        (lambda: WebhookVerifier("github", [WebhookKey("1", "")]), "INVALID_SECRET"),
        (lambda: WebhookKey("1", SECRET, encoding="rot13"), "INVALID_CONFIG"),  # type: ignore[arg-type]
        (lambda: SchemeSpec("mine", "X-Mine", digest="md5"), "INVALID_CONFIG"),  # type: ignore[arg-type]
        (lambda: SignedQueryVerifier(QueryProfile.COUNTERMARK_V1, [QueryKey("1", "short")], audience="a"), "WEAK_SECRET"),
        (lambda: SignedQueryVerifier(QueryProfile.COUNTERMARK_V1, [QueryKey("1", SECRET)]), "INVALID_CONFIG"),
        (lambda: MemoryReplayStore(capacity=0), "INVALID_CONFIG"),
        (lambda: SessionSealer([SealKey("1", b"short")], service_name="a", service_address="b"), "INVALID_SECRET"),
        (lambda: LoginService(service_name="", service_address="https://example.com"), "INVALID_INPUT"),
    ],
)
def test_configuration_is_checked(make: Any, code: str) -> None:
    with pytest.raises(ConfigError) as refused:
        make()
    assert refused.value.code == code


def test_a_verified_value_cannot_be_made() -> None:
    for kind in (VerifiedQuery, VerifiedWebhook, AuthSession):
        with pytest.raises(TypeError):
            kind()
    webhook = verifier().verify(signed(b"{}"), b"{}")
    with pytest.raises(AttributeError):
        webhook.key_id = "2"  # type: ignore[misc]
    with pytest.raises(TypeError):
        type("Forged", (VerifiedWebhook,), {})


def test_secrets_are_not_copied_out() -> None:
    for key in (WebhookKey("1", SECRET), QueryKey("1", SECRET), SealKey("1", b"k" * 32)):
        assert SECRET not in repr(key) and "kkk" not in repr(key)
        assert not hasattr(key, "secret")
        for escape in (pickle.dumps, copy.deepcopy):
            with pytest.raises(TypeError):
                escape(key)
    assert SECRET not in repr(verifier())


def test_the_wrong_order() -> None:
    service = LoginService(service_name="Example", service_address="https://example.com")
    login = Login.begin(service, "alice", 0)
    for too_early in (login.challenge, login.outcome):
        with pytest.raises(ConfigError) as refused:
            too_early()
        assert refused.value.code == "WRONG_STATE"
    login.abort(0)
    with pytest.raises(CountermarkError):
        login.on_response(200, b"", 0)


def test_a_clock_of_ones_own() -> None:
    clock = [1_700_000_000.0]
    stripe = WebhookVerifier("stripe", [WebhookKey("1", SECRET)], clock=lambda: clock[0])
    headers = WebhookSigner("stripe", [WebhookKey("1", SECRET)], clock=lambda: clock[0]).sign(b"{}").headers
    assert stripe.verify(headers, b"{}").timestamp_ms == 1_700_000_000_000
    clock[0] += 301
    with pytest.raises(ExpiredError) as refused:
        stripe.verify(headers, b"{}")
    assert refused.value.code == "TIMESTAMP_TOO_OLD"

    def broken() -> float:
        raise OSError("no clock")

    with pytest.raises(OSError, match="no clock"):
        WebhookVerifier("stripe", [WebhookKey("1", SECRET)], clock=broken).verify(headers, b"{}")


def test_numbers_beyond_their_range() -> None:
    with pytest.raises(OverflowError):
        verifier().verify([], b"", now_ms=2**63)
    with pytest.raises(OverflowError):
        WebhookVerifier("github", [WebhookKey("1", SECRET)], max_age_s=-1)


def test_text_that_is_no_text() -> None:
    with pytest.raises(UnicodeError):
        WebhookKey("1", "\ud800")
    with pytest.raises(UnicodeError):
        verifier().verify({"X-\udc80": "value"}, b"")


def test_the_tree_of_errors() -> None:
    for row in countermark.list_errors():
        assert getattr(ErrorCode, row.name) == row.name
        error = CountermarkError(row.name, "detail")
        assert type(error) is not CountermarkError
        assert (error.code, error.number, error.retryable) == (row.name, row.number, row.retryable)
        assert str(error) == f"{row.message}: detail"
        assert (error.public_message == row.message) == row.public
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), again.args) == (type(error), error.args)
    assert len([name for name in vars(ErrorCode) if name.isupper()]) == len(countermark.list_errors())
    with pytest.raises(KeyError):
        CountermarkError("NO_SUCH_ERROR")


def test_enums_are_no_text_and_no_truth() -> None:
    assert State.AUTHENTICATED == 3 and int(State.AUTHENTICATED) == 3
    assert Outcome.APPROVED != "approved"
    assert len({Outcome.APPROVED, Outcome.DENIED, Outcome.APPROVED}) == 2
