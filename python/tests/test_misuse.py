"""Wrong use gives typed errors, never a crash, and never shows a secret."""

from __future__ import annotations

import asyncio
import copy
import gc
import mmap
import pickle
import threading
import weakref
from pathlib import Path
from typing import Any

import pytest

import countermark
from countermark import (
    AsyncLoginClient,
    AsyncSecureSign,
    AuthSession,
    ConfigError,
    CountermarkError,
    ErrorCode,
    ExpiredError,
    Login,
    LoginClient,
    LoginService,
    MemoryReplayStore,
    Outcome,
    QueryKey,
    QueryProfile,
    SchemeSpec,
    SealKey,
    SecureSign,
    SecureSignClient,
    SessionSealer,
    SignedQueryVerifier,
    State,
    VerificationError,
    VerifiedQuery,
    VerifiedWebhook,
    WebhookExplainer,
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


def test_a_mapped_file_and_a_view_with_gaps_are_bodies(tmp_path: Path) -> None:
    body = b"mapped" * 1000
    (tmp_path / "body").write_bytes(body)
    with open(tmp_path / "body", "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert verifier().verify(signed(body), mapped).body == body
    assert verifier().verify(signed(body[::2]), memoryview(body)[::2]).body == body[::2]
    view = memoryview(bytearray(body))
    view.release()
    with pytest.raises(ValueError):
        verifier().verify(signed(body), view)


def test_a_body_that_changes_while_it_is_verified() -> None:
    """Whatever another thread does to the buffer: a body that verified is the one that was signed."""
    good, bad = b"g" * 300_000, b"b" * 300_000
    buffer, headers, stop = bytearray(good), signed(good), threading.Event()

    def flip() -> None:
        while not stop.is_set():
            buffer[:] = bad
            buffer[:] = good

    thread = threading.Thread(target=flip)
    thread.start()
    try:
        for _ in range(200):
            try:
                assert verifier().verify(headers, buffer).body == good
            except VerificationError as refused:
                assert refused.code == "SIGNATURE_MISMATCH"
    finally:
        stop.set()
        thread.join()


class Shouting(bytes):
    """Bytes of a subclass: what is signed is what they hold, not what they say."""

    def __len__(self) -> int:
        return 3

    def __bytes__(self) -> bytes:
        return b"another"

    def __getitem__(self, key: Any) -> Any:
        return b"another"[key]


class Loud(str):
    def __str__(self) -> str:
        return "another"


def test_subclasses_of_bytes_and_text() -> None:
    pairs = [(Loud(name), Loud(value)) for name, value in signed(b"body")]
    assert verifier().verify(pairs, Shouting(b"body")).key_id == "1"
    with pytest.raises(VerificationError):
        verifier().verify(pairs, Shouting(b"another"))


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


@pytest.mark.parametrize("name", [str, str.upper, str.lower, str.encode, Loud])
def test_a_second_signature_is_seen(name: Any) -> None:
    """In any case and type, also among headers that nobody looks at."""
    pairs = signed(b"{}")
    others = [(f"X-Other-{number}", "value") for number in range(30)]
    second = (name(pairs[0][0]), "sha256=" + "0" * 64)
    for headers in ([*pairs, *others, second], [second, *others, *pairs]):
        with pytest.raises(VerificationError) as refused:
            verifier().verify(headers, b"{}")
        assert refused.value.code == ErrorCode.AMBIGUOUS_INPUT


def test_a_verifier_names_its_headers() -> None:
    assert verifier().header_names == ["X-Hub-Signature-256"]


@pytest.mark.parametrize("headers", [None, 12, [("one",)], [1, 2], {"name": 3}, "text", ["ab", "cd"]])
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


@pytest.mark.parametrize("enumeration", [QueryProfile, State, Outcome])
def test_constants_are_copied_and_pickled(enumeration: Any) -> None:
    constants = [value for value in vars(enumeration).values() if isinstance(value, enumeration)]
    assert len(constants) >= 3
    for constant in constants:
        again = [copy.copy(constant), copy.deepcopy(constant)]
        again += [pickle.loads(pickle.dumps(constant, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
        assert all(value == constant and repr(value) == repr(constant) for value in again)


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
    assert stripe.verify(headers, b"{}").timestamp_ms == stripe.now_ms == 1_700_000_000_000
    clock[0] += 301
    with pytest.raises(ExpiredError) as refused:
        stripe.verify(headers, b"{}")
    assert refused.value.code == "TIMESTAMP_TOO_OLD"

    def broken() -> float:
        raise OSError("no clock")

    with pytest.raises(OSError, match="no clock"):
        WebhookVerifier("stripe", [WebhookKey("1", SECRET)], clock=broken).verify(headers, b"{}")


def test_a_secret_that_is_no_text_is_not_shown() -> None:
    """Python's own error would carry it; the environment gives such text for bytes that are no UTF-8."""
    for make in (WebhookKey, QueryKey, SealKey):
        with pytest.raises(ConfigError) as refused:
            make("1", SECRET + "\udcff")
        assert refused.value.code == "INVALID_SECRET"
        assert refused.value.__cause__ is None and refused.value.__context__ is None


def test_the_signed_bytes_beside_the_received_ones() -> None:
    explainer = WebhookExplainer("github", [WebhookKey("1", SECRET)])
    body = b'{"a": 1, "b": 2}'
    found, content = explainer.inspect(signed(body), b'{"a":1,"b":2}')
    assert found.error == "SIGNATURE_MISMATCH" and content is not None
    received, restored = (b"".join(part for _, part in parts) for parts in (content.received, content.signed))
    assert (received, restored) == (b'{"a":1,"b":2}', body)
    places = [(received[one.received], restored[one.signed]) for one in content.differences]
    assert places == [(b"", b" ")] * 3
    assert explainer.inspect([], body)[1] is None


def test_a_saved_request_shows_no_value() -> None:
    head = "\r\n".join(f"{name}: {value}" for name, value in signed(b"{}"))
    saved = countermark.read_saved_request(f"POST /hook HTTP/1.1\r\nHost: a.example\r\n{head}\r\n\r\n{{}}".encode())
    assert repr(saved) == "<SavedRequest 2 bytes>"
    [candidate, *_] = countermark.candidate_schemes(saved.headers, saved.body, method=saved.method, url=saved.url)
    assert candidate.is_whole and "X-Hub-Signature-256" in candidate.seen
    assert verifier().verify(saved.headers, saved.body).body == b"{}"
    with pytest.raises(CountermarkError, match="not METHOD TARGET VERSION"):
        countermark.read_saved_request(b"nothing\r\n\r\n")


def test_how_long_to_keep_a_key() -> None:
    assert countermark.webhook_keep_until_ms(5_000, None, 1_000) == 5_000
    assert countermark.webhook_keep_until_ms(5_000, 60, 1_000) == 61_000
    assert countermark.webhook_keep_until_ms(None, 60, 1_000) == 61_000
    for keep_s in (None, 0):
        with pytest.raises(ConfigError):
            countermark.webhook_keep_until_ms(None, keep_s, 1_000)


def test_a_clock_or_store_that_holds_what_it_serves_is_collected() -> None:
    service = LoginService(server="http://127.0.0.1:1", service_name="Example", service_address="https://example.com")

    class Holder:
        def __init__(self) -> None:
            signing = SecureSignClient(
                "ss_test_key", environment="test", tenant_id="a", callback_hosts=["b"], clock=self.now
            )
            self.kept = [
                WebhookVerifier("github", [WebhookKey("1", SECRET)], clock=self.now),
                WebhookSigner("github", [WebhookKey("1", SECRET)], clock=self.now),
                SignedQueryVerifier(QueryProfile.LEGACY_ONELOGIN, [QueryKey("1", SECRET)], clock=self.now),
                MemoryReplayStore(clock=self.now),
                SessionSealer([SealKey("1", b"k" * 32)], service_name="a", service_address="b", clock=self.now),
                WebhookExplainer("github", [WebhookKey("1", SECRET)], clock=self.now),
                signing,
                LoginClient(service, clock=self.now),
                AsyncLoginClient(service, clock=self.now),
                LoginClient(service, store=self),
                AsyncLoginClient(service, store=self),
                SecureSign(signing),
                AsyncSecureSign(signing),
            ]

        def now(self) -> float:
            return 0.0

        def reserve(self, key: str, until_ms: int) -> None: ...

        def release(self, key: str) -> None: ...

    gone = weakref.ref(Holder())
    gc.collect()
    assert gone() is None


def test_text_that_is_no_text() -> None:
    with pytest.raises(UnicodeError):
        verifier().verify({"X-\udc80": "value"}, b"")


SEALER = SessionSealer([SealKey("1", b"k" * 32)], service_name="Example", service_address="https://example.com")
LINKS = SignedQueryVerifier(QueryProfile.COUNTERMARK_V1, [QueryKey("1", SECRET)], audience="https://example.com")
SERVICE = LoginService(server="http://127.0.0.1:1", service_name="Example", service_address="https://example.com")


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (countermark.normalize_secsign_id, "INVALID_SECSIGN_ID"),
        (lambda text: Login.begin(SERVICE, text, 0), "INVALID_SECSIGN_ID"),
        (lambda text: LoginClient(SERVICE).begin(text), "INVALID_SECSIGN_ID"),
        (lambda text: asyncio.run(AsyncLoginClient(SERVICE).begin(text)), "INVALID_SECSIGN_ID"),
        (lambda text: SEALER.open(text, "cookie"), "UNKNOWN_HANDLE"),
        (lambda text: SEALER.open("token", text), "UNKNOWN_HANDLE"),
        (LINKS.verify, "INVALID_ENCODING"),
        (lambda text: LINKS.verify(f"cm.email={text}"), "INVALID_ENCODING"),
        (countermark.read_securesign_callback, "MISSING_PARAMETER"),
    ],
)
@pytest.mark.parametrize("text", ["\udcff", "alice\ud800"])
def test_what_a_visitor_sends_may_be_no_unicode(call: Any, code: str, text: str) -> None:
    """JSON can hold it."""
    with pytest.raises(CountermarkError) as refused:
        call(text)
    assert refused.value.code == code


def test_a_return_address_that_is_no_unicode_is_not_followed() -> None:
    assert countermark.safe_return_url("https://example.com", "/\udcff", "/home") == "/home"


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
