"""Fuzzes the arguments of the Python package: python tests/fuzz/python.py [switches of libFuzzer]. See README.md."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["countermark"]):
    import countermark
    from countermark import (
        CountermarkError,
        InternalError,
        Login,
        LoginService,
        MemoryReplayStore,
        QueryKey,
        QueryProfile,
        SchemeSpec,
        SignedQueryVerifier,
        WebhookExplainer,
        WebhookKey,
        WebhookSigner,
        WebhookVerifier,
    )
    from countermark.testing import sign_query, sign_webhook

SECRET = "a secret of at least twenty characters"
BODY = b'{"event":"paid"}'
NOW_MS = 1_700_000_000_000


class Mine(Exception):
    """What the strange values below raise."""


class Strange:
    """Raises whatever is asked of it."""

    def _raise(self, *_args: Any, **_named: Any) -> Any:
        raise Mine

    __iter__ = __len__ = __getitem__ = __index__ = __int__ = __str__ = __bytes__ = __eq__ = __hash__ = __bool__ = items = _raise


class Text(str):
    __str__ = __len__ = __getitem__ = Strange._raise


class Bytes(bytes):
    __bytes__ = __len__ = __getitem__ = Strange._raise


class Endless(dict[str, str]):
    """Says other things each time."""

    def items(self) -> Any:
        yield from (("x", "y"), ("x",), 1, None)


STRANGE: list[Callable[[], Any]] = [
    lambda: None,
    lambda: True,
    lambda: -1,
    lambda: 2**63,
    lambda: -(2**63),
    lambda: 2**64,
    lambda: 10**400,
    lambda: float("nan"),
    lambda: float("inf"),
    lambda: 0.5,
    lambda: "",
    lambda: "a\ud800b",
    lambda: "a\0b",
    lambda: "a" * 100_000,
    lambda: b"",
    lambda: b"\xff" * 40,
    lambda: bytearray(8),
    lambda: memoryview(b"12345678")[::2],
    lambda: memoryview(bytearray(16)).cast("I"),
    lambda: [],
    lambda: {},
    lambda: (),
    lambda: {"x": None},
    lambda: [("x",)],
    lambda: [("x", "y", "z")],
    lambda: [None],
    lambda: iter([]),
    lambda: object,
    lambda: object(),
    Strange,
    lambda: Text("text"),
    lambda: Bytes(b"bytes"),
    Endless,
    lambda: (part for part in [("x", "y")]),
]
# The package's own code is native, so what guides is which value was made, and which call made it through.
STRANGE = [atheris.instrument_func(make) if make.__name__ == "<lambda>" else make for make in STRANGE]


@atheris.instrument_func
def read(value: object) -> None:
    """Everything that can be read of it."""
    for name in dir(value):
        if not name.startswith("_"):
            getattr(value, name)
    repr(value)


def webhook(scheme: str, url: str | None = None) -> list[Any]:
    signed = sign_webhook(scheme, SECRET, BODY, url=url, method="POST", now_ms=NOW_MS)
    key = [["1", SECRET], {"encoding": None, "not_before_ms": 0, "not_after_ms": 2**52}]
    settings = {"max_age_s": 300, "max_future_s": 60, "check_time": True, "max_body_bytes": 1000}
    return [scheme, key, settings, signed.headers, BODY, {"method": "POST", "url": url, "query": "", "now_ms": NOW_MS}]


@atheris.instrument_func
def verify(scheme: Any, key: Any, settings: Any, headers: Any, body: Any, more: Any) -> None:
    read(WebhookVerifier(scheme, [WebhookKey(*key[0], **key[1])], **settings).verify(headers, body, **more))


@atheris.instrument_func
def explain(scheme: Any, key: Any, settings: Any, headers: Any, body: Any, more: Any) -> None:
    explainer = WebhookExplainer(scheme, [WebhookKey(*key[0], **key[1])], **settings)
    read(explainer.explain(headers, body, **more))
    _, content = explainer.inspect(headers, body, **more)
    read(content)


@atheris.instrument_func
def spec(first: Any, named: Any, keys: Any, body: Any, more: Any) -> None:
    signer = WebhookSigner(SchemeSpec(*first, **named), [WebhookKey(*key) for key in keys])
    read(signer.sign(body, **more))


@atheris.instrument_func
def query(profile: Any, key: Any, settings: Any, text: Any, now_ms: Any, asked: Any) -> None:
    verified = SignedQueryVerifier(profile, [QueryKey(*key[0], **key[1])], **settings).verify(text, now_ms=now_ms)
    read(verified)
    verified.get(asked[0])
    verified.check_profile(asked[1], asked[2])
    verified.check_known_emails(asked[3])


@atheris.instrument_func
def login(settings: Any, secsign_id: Any, now_ms: Any) -> None:
    read(Login.begin(LoginService(**settings), secsign_id, now_ms))


@atheris.instrument_func
def replay(capacity: Any, key: Any, until_ms: Any, now_ms: Any) -> None:
    store = MemoryReplayStore(capacity=capacity)
    store.reserve(key, until_ms, now_ms=now_ms)
    store.commit(key)
    store.release(key)


FIELDS = {"firstname": "Jane", "lastname": "Doe", "email": "jane.doe@example.com"}
PROFILE = QueryProfile.LEGACY_ONELOGIN
QUERY = sign_query(PROFILE, QueryKey("1", SECRET), FIELDS, now_ms=NOW_MS)
VECTORS = Path(__file__).parents[1] / "vectors"


def vector(file: str, op: str, member: str) -> str:
    """Of the first that is valid."""
    for group in json.loads((VECTORS / file).read_text())["testGroups"]:
        for test in group["tests"]:
            request = {**group.get("request", {}), **test["request"]}
            if test["result"] == "valid" and request["op"] == op:
                return str(request[member])
    raise LookupError(file)


ICON = vector("access_pass.json", "access_pass.check", "icon")
REPLY = base64.b64decode(vector("reply.json", "reply.parse", "body_base64"))
CALLS: list[tuple[Callable[..., Any], list[Any]]] = [
    (verify, webhook("github")),
    (verify, webhook("stripe")),
    (verify, webhook("twilio", "https://example.com/hook?a=b")),
    (explain, webhook("github")),
    (spec, [["mine", "x-mine"], {"digest": "hmac", "hash": "sha256", "signed": "{body}"}, [["1", SECRET]], BODY, {"now_ms": NOW_MS}]),
    (query, [PROFILE, [["1", SECRET], {"tenant": None}], {"audience": None, "max_age_s": 300}, QUERY, NOW_MS, ["email", "Jane", "Doe", ["jane.doe@example.com"]]]),
    (login, [{"server": "https://id.example", "service_name": "Example", "service_address": "https://example.com", "connect_timeout_ms": 5000, "total_timeout_ms": 30_000}, "alice", NOW_MS]),
    (replay, [4, "key", NOW_MS + 1000, NOW_MS]),
    (countermark.answer_webhook_handshake, ["slack", [], b'{"type":"url_verification","challenge":"c"}']),
    (countermark.webhook_handshake_secret, ["notion", b'{"verification_token":"secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"}']),
    (countermark.webhook_error_status, ["github", "SIGNATURE_MISMATCH"]),
    (countermark.read_saved_request, [b"POST /hook HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"]),
    (countermark.candidate_schemes, [webhook("github")[3], BODY]),
    (countermark.webhook_keep_until_ms, [None, 60, NOW_MS]),
    (countermark.securesign_rate_limit_wait_ms, [[NOW_MS, NOW_MS + 1], 2, NOW_MS]),
    (countermark.securesign_pin_session_is_open, [NOW_MS, NOW_MS]),
    (countermark.normalize_secsign_id, ["Alice"]),
    (countermark.safe_return_url, ["https://example.com/", "/page", "/"]),
    (countermark.parse_reply, ["start", REPLY]),
    (countermark.AccessPass.from_png, [base64.b64decode(ICON)]),
    (countermark.AccessPass.from_base64, [ICON]),
]


@atheris.instrument_func
def other(data: atheris.FuzzedDataProvider, old: Any) -> Any:
    """What stands in the place of a value."""
    kind = data.ConsumeIntInRange(0, 4)
    if kind == 0:
        return STRANGE[data.ConsumeIntInRange(0, len(STRANGE) - 1)]()
    if kind == 1 and isinstance(old, (str, bytes)):
        at = data.ConsumeIntInRange(0, len(old))
        part = data.ConsumeUnicode(4) if isinstance(old, str) else data.ConsumeBytes(4)
        return old[:at] + part + old[at + data.ConsumeIntInRange(0, 3) :]
    if kind == 2:
        return data.ConsumeInt(9)
    return data.ConsumeUnicode(20) if kind == 3 else data.ConsumeBytes(20)


def copied(value: Any) -> Any:
    if isinstance(value, list):
        return [copied(item) for item in value]
    return {name: copied(item) for name, item in value.items()} if isinstance(value, dict) else value


@atheris.instrument_func
def replaced(data: atheris.FuzzedDataProvider, args: list[Any]) -> list[Any]:
    """The arguments with some value, of an argument or inside it, replaced."""
    args = copied(args)
    places: list[tuple[Any, Any]] = []

    def walk(holder: Any) -> None:
        for name in holder if isinstance(holder, dict) else range(len(holder)):
            places.append((holder, name))
            if isinstance(holder[name], (dict, list)):
                walk(holder[name])

    walk(args)
    holder, name = places[data.ConsumeIntInRange(0, len(places) - 1)]
    holder[name] = other(data, holder[name])
    return args


@atheris.instrument_func
def fuzz(received: bytes) -> None:
    data = atheris.FuzzedDataProvider(received)
    call, args = CALLS[data.ConsumeIntInRange(0, len(CALLS) - 1)]
    args = replaced(data, args)
    try:
        call(*args)
    except InternalError:
        raise
    except (CountermarkError, TypeError, ValueError, Mine):
        pass
    # `key[0]`, where the key became another value.
    except (IndexError, KeyError):
        pass


if __name__ == "__main__":
    # What is refused before anything is replaced tries nothing.
    for call, args in CALLS:
        call(*copied(args))
    atheris.Setup(sys.argv, fuzz)
    atheris.Fuzz()
