"""Every name of the facade is in the package, or one of these lists says how Python has it."""

from __future__ import annotations

import re
from pathlib import Path

import countermark
from countermark import _native

FACADE = Path(__file__).resolve().parents[2] / "core/src/facade/mod.rs"

RENAMED = {
    "QueryVerifier": "SignedQueryVerifier",
    "QuerySigner": "SignedQuerySigner",
    "ReplayMemory": "MemoryReplayStore",
    "Sealer": "SessionSealer",
    "VERSION": "__version__",
    "SecureSignCode": "securesign_code_retry",
    "SecureSignRetry": "securesign_code_retry",
    "PinStatus": "pin_status_permits_signing",
}
KEYWORDS = {"LoginConfig", "QueryConfig", "QuerySignerConfig", "SecureSignConfig", "WebhookConfig", "WebhookRequest"}
TEXTS = {
    "CauseKind",
    "Certainty",
    "CheckState",
    "CheckStep",
    "Covered",
    "Digest",
    "FailureKind",
    "FailurePhase",
    "HandshakeOrder",
    "HashKind",
    "KeyEncoding",
    "PairText",
    "Repeats",
    "RequestKind",
    "SavedBody",
    "SecureSignEnvironment",
    "SecureSignHash",
    "SecureSignPlatform",
    "SignatureEncoding",
    "TimeUnit",
    "UrlForm",
}
PAIRS = {"Header", "QueryField", "SignedField", "SignedPart", "WebhookCheck", "WebhookHeader"}
STEPS = {"Step"}  # HttpRequest, Wait or None
# For WebAssembly, which hashes slower than its platform.
OUTSIDE = {"OutsideKey", "OutsideMac"}


def test_the_whole_facade_is_there() -> None:
    listed = re.findall(r"pub use [\w:]+::\{([^}]*)\}", FACADE.read_text())
    names = {name.strip() for names in listed for name in names.split(",") if name.strip()}
    assert len(names) > 70
    otherwise = KEYWORDS | TEXTS | PAIRS | STEPS | OUTSIDE
    missing = {name for name in names - otherwise if not hasattr(countermark, RENAMED.get(name, name))}
    assert not missing
    assert not otherwise - names, "not of the facade any more"


def test_everything_of_the_module_is_public_or_known() -> None:
    private = {"AsyncLogins", "AsyncSigning", "BlockingLogins", "BlockingSigning", "Job", "StoreReply", "VERSION"}
    names = {name for name in vars(_native) if not name.startswith("__")}
    assert {name for name in names if not hasattr(countermark, name)} == private
    for name in ("LoginClient", "AsyncLoginClient", "SecureSign", "AsyncSecureSign"):
        assert name in dir(countermark) and getattr(countermark, name).__doc__
