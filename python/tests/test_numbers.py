"""A number that cannot be: the same codes as in every other language, and no `OverflowError`. What is no whole number stays a `TypeError`."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from countermark import (
    AuthSession,
    ConfigError,
    CountermarkError,
    InternalError,
    Login,
    LoginClient,
    LoginService,
    MemoryReplayStore,
    QueryKey,
    QueryProfile,
    SchemeSpec,
    SealKey,
    SecureSignClient,
    SecureSignPending,
    SecureSignRequest,
    SessionSealer,
    SignedQuerySigner,
    SignedQueryVerifier,
    WebhookExplainer,
    WebhookKey,
    WebhookSigner,
    WebhookVerifier,
    read_securesign_callback,
    securesign_pin_session_is_open,
    securesign_rate_limit_wait_ms,
    webhook_keep_until_ms,
)
from countermark.contrib._gate import WebhookGate

SECRET = "a secret of at least twenty characters"
QUERY_KEY = QueryKey("1", SECRET)
KEYS = [WebhookKey("1", SECRET)]
OWN = ("mine", "x-mine")

Call = Callable[[Any], object]


def service(**settings: Any) -> LoginService:
    return LoginService(service_name="a", service_address="b", **settings)


def begun() -> Login:
    return Login.begin(service(), "alice", 0)


def sent() -> Login:
    """A login whose request is to be answered."""
    login = begun()
    login.on_store(None, 0)
    return login


def session() -> AuthSession:
    """A session exists only through a login, so one is begun and answered here."""
    login = sent()
    login.on_response(200, b"authsessionid=1&requestid=2&authsessionstate=1&secsignid=alice", 0)
    return login.challenge().session


def sealer(**validity: Any) -> SessionSealer:
    return SessionSealer([SealKey("1", bytes(range(32)), **validity)], service_name="a", service_address="b")


def signing(**settings: Any) -> SecureSignClient:
    return SecureSignClient("ss_test_abc123xyz", environment="test", tenant_id="a", callback_hosts=["a.example"], **settings)


def pending(hash: Any, expires_at_ms: Any = 0) -> SecureSignPending:
    return SecureSignPending(request_id="a1b2c3d4", hash=hash, algorithm="SHA256", expires_at_ms=expires_at_ms)


SETTINGS: list[tuple[str, Call]] = [
    *(
        (name, call)
        for name in ("max_age_s", "max_future_s", "max_body_bytes")
        for call in (
            lambda value, name=name: WebhookVerifier("stripe", KEYS, **{name: value}),
            lambda value, name=name: WebhookExplainer("stripe", KEYS, **{name: value}),
        )
    ),
    *(
        (name, call)
        for name in ("max_age_s", "max_future_s")
        for call in (
            lambda value, name=name: SchemeSpec(*OWN, **{name: value}),
            lambda value, name=name: SignedQueryVerifier(QueryProfile.LEGACY_ONELOGIN, [QUERY_KEY], **{name: value}),
        )
    ),
    ("lifetime_s", lambda value: SignedQuerySigner(QueryProfile.COUNTERMARK_V1, QUERY_KEY, audience="a", lifetime_s=value)),
    ("connect_timeout_ms", lambda value: service(connect_timeout_ms=value)),
    ("total_timeout_ms", lambda value: service(total_timeout_ms=value)),
    ("clock_skew_s", lambda value: signing(clock_skew_s=value)),
    ("idle_ms", lambda value: securesign_pin_session_is_open(0, 0, idle_ms=value)),
    ("capacity", lambda value: MemoryReplayStore(capacity=value)),
    ("keep_s", lambda value: webhook_keep_until_ms(None, value, 0)),
]

TIMES: list[Call] = [
    lambda ms: SignedQueryVerifier(QueryProfile.LEGACY_ONELOGIN, [QUERY_KEY]).verify("a=b", now_ms=ms),
    lambda ms: SignedQuerySigner(QueryProfile.COUNTERMARK_V1, QUERY_KEY, audience="a").sign({"a": "b"}, now_ms=ms),
    lambda ms: WebhookVerifier("github", KEYS).verify({}, b"", now_ms=ms),
    lambda ms: WebhookExplainer("github", KEYS).explain({}, b"", now_ms=ms),
    lambda ms: WebhookExplainer("github", KEYS).inspect({}, b"", now_ms=ms),
    lambda ms: WebhookSigner("stripe", KEYS).sign(b"", now_ms=ms),
    lambda ms: MemoryReplayStore().reserve("key", ms, now_ms=0),
    lambda ms: MemoryReplayStore().reserve("key", 0, now_ms=ms),
    lambda ms: webhook_keep_until_ms(ms, None, 0),
    lambda ms: webhook_keep_until_ms(None, 60, ms),
    lambda ms: Login.begin(service(), "alice", ms),
    lambda ms: Login.check(service(), session(), ms),
    lambda ms: Login.wait(service(), session(), ms),
    lambda ms: Login.wait(service(), session(), 0, deadline_ms=ms),
    lambda ms: Login.cancel(service(), session(), ms),
    lambda ms: Login.release(service(), session(), ms),
    lambda ms: begun().poll(ms),
    lambda ms: begun().on_store(None, ms),
    lambda ms: begun().abort(ms),
    lambda ms: sent().on_transport_error("timeout", "maybe_sent", ms),
    lambda ms: sent().on_response(200, b"", ms),
    lambda ms: sealer().seal(session(), "cookie", now_ms=ms),
    lambda ms: sealer().open("token", "cookie", now_ms=ms),
    lambda ms: securesign_pin_session_is_open(ms, 0),
    lambda ms: securesign_pin_session_is_open(0, ms),
    lambda ms: securesign_rate_limit_wait_ms([ms], 1, 0),
    lambda ms: securesign_rate_limit_wait_ms([0], 1, ms),
    lambda ms: pending(bytes(32), ms),
    *(
        call
        for bound in ("not_before_ms", "not_after_ms")
        for call in (
            lambda ms, bound=bound: QueryKey("1", SECRET, **{bound: ms}),
            lambda ms, bound=bound: WebhookKey("1", SECRET, **{bound: ms}),
            lambda ms, bound=bound: sealer(**{bound: ms}),
        )
    ),
]

COUNTS: list[Call] = [
    lambda count: sent().on_response(count, b"", 0),
    lambda count: begun().on_store(count, 0),
    lambda count: securesign_rate_limit_wait_ms([0], count, 0),
]


@pytest.mark.parametrize("setting, call", SETTINGS)
def test_settings(setting: str, call: Call) -> None:
    for wrong in (-1, 2**32, 2**63, 2**64, -(2**63), 10**400, -(10**400)):
        with pytest.raises(ConfigError) as refused:
            call(wrong)
        assert (refused.value.code, refused.value.detail) == ("INVALID_CONFIG", setting)
    for no_number in (0.5, 1.0, float("nan"), float("inf"), "1", b"1", object()):
        with pytest.raises(TypeError):
            call(no_number)
    call(1)


@pytest.mark.parametrize("calls, wrong", [(TIMES, (2**63, 2**70, -(2**70), 10**400)), (COUNTS, (-1, 2**32, 2**63, 10**400))])
def test_times_and_other_arguments(calls: list[Call], wrong: tuple[int, ...]) -> None:
    for call in calls:
        for number in wrong:
            with pytest.raises(ConfigError) as refused:
                call(number)
            assert refused.value.code == "INVALID_INPUT"
        for no_number in (0.5, float("nan"), float("inf"), "1", object()):
            with pytest.raises(TypeError):
                call(no_number)


@pytest.mark.parametrize("edge", [0, -1, 2**63 - 1, -(2**63)])
def test_times_that_are_strange_and_possible(edge: int) -> None:
    for call in TIMES:
        try:
            call(edge)
        except CountermarkError as refused:
            assert not isinstance(refused, InternalError)


@pytest.mark.parametrize("says", [float("nan"), 10**400])
def test_a_clock_that_says_no_time(says: Any) -> None:
    with pytest.raises(ConfigError) as refused:
        WebhookVerifier("github", KEYS, clock=lambda: says).verify({}, b"")
    assert refused.value.code == "INVALID_INPUT"


@pytest.mark.parametrize("timeout", [float("nan"), 10**400])
def test_a_time_out_that_is_no_number(timeout: Any) -> None:
    with LoginClient(service(server="http://127.0.0.1:1")) as client, pytest.raises(ConfigError) as refused:
        client.wait(session(), timeout=timeout)
    assert refused.value.code == "INVALID_INPUT"


@pytest.mark.parametrize("keep_s", [float("nan"), float("inf"), 10**400, 2**32, 1e300, 0, -1, -0.5])
def test_a_time_to_keep(keep_s: float) -> None:
    with pytest.raises(ConfigError) as refused:
        WebhookGate(WebhookVerifier("stripe", KEYS), MemoryReplayStore(), keep_s, None)
    assert (refused.value.code, bool(refused.value.detail)) == ("INVALID_CONFIG", True)
    WebhookGate(WebhookVerifier("stripe", KEYS), MemoryReplayStore(), 0.5, None)


def test_text_where_bytes_are_meant() -> None:
    claimed = json.dumps({"requestId": "a1b2c3d4", "success": True, "signatureBase64": "+/+/"}).encode()
    hint = read_securesign_callback(f"ss_result={base64.b64encode(claimed).decode()}")
    text: Any = "ab" * 16
    calls: list[Call] = [
        lambda wrong: SecureSignRequest(request_id="a1b2c3d4", hash=wrong, algorithm="SHA256", callback_url="https://a.example/"),
        lambda wrong: pending(wrong),
        lambda wrong: signing().complete(hint, pending(bytes(32)), wrong),
    ]
    for call in calls:
        with pytest.raises(TypeError):
            call(text)
