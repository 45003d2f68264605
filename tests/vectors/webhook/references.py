"""The HMAC values that others have published, as webhooks that sign their body and nothing else.

Wycheproof's files lie in `core/tests/wycheproof`. Values that are computed here have inputs that their source describes; the first digits are
as printed there.
"""

import base64
import hashlib
import hmac
import json
from pathlib import Path

WYCHEPROOF = Path(__file__).parents[3] / "core" / "tests" / "wycheproof"
NOW = 1_700_000_000_000

# For each hash a scheme of HMAC over the body, its header, and what stands before the digits.
SCHEMES = {
    "sha1": ("github-sha1", "X-Hub-Signature", "sha1="),
    "sha256": ("github", "X-Hub-Signature-256", "sha256="),
    "sha512": ("paystack", "x-paystack-signature", ""),
}

# Examples with intermediate values of NIST's Cryptographic Standards and Guidelines: bytes of the key, text, first digits of the MAC.
NIST = {
    "sha1": [(64, "=", "5FD596EE"), (20, "<", "4C99FF0C"), (100, "=", "2D51B2F7"), (49, "<", "FE352956")],
    "sha256": [(64, "=", "8BB9A1DB"), (32, "<", "A28CF431"), (100, "=", "BDCCB6C7"), (49, "<", "27A8B157")],
    "sha512": [(128, "=", "FC25E240"), (64, "<", "FD44C18B"), (200, "=", "D93EC8D2"), (49, "<", "00F3E9A7")],
}

# RFC 2202 and RFC 4231: key, message, first digits of the MAC for each hash. The last two of RFC 4231 have a key of 131 bytes, those of
# RFC 2202 one of 80.
RFC = {
    "sha1": [
        (b"\x0b" * 20, b"Hi There", "b6173186"),
        (b"Jefe", b"what do ya want for nothing?", "effcdf6a"),
        (b"\xaa" * 20, b"\xdd" * 50, "125d7342"),
        (bytes(range(1, 26)), b"\xcd" * 50, "4c9007f4"),
        (b"\x0c" * 20, b"Test With Truncation", "4c1a0342"),
        (b"\xaa" * 80, b"Test Using Larger Than Block-Size Key - Hash Key First", "aa4ae5e1"),
        (b"\xaa" * 80, b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data", "e8e99d0f"),
    ],
}
RFC["sha256"], RFC["sha512"] = (
    [
        (b"\x0b" * 20, b"Hi There", digits[0]),
        (b"Jefe", b"what do ya want for nothing?", digits[1]),
        (b"\xaa" * 20, b"\xdd" * 50, digits[2]),
        (bytes(range(1, 26)), b"\xcd" * 50, digits[3]),
        (b"\x0c" * 20, b"Test With Truncation", digits[4]),
        (b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First", digits[5]),
        (
            b"\xaa" * 131,
            b"This is a test using a larger than block-size key and a larger than block-size data. "
            b"The key needs to be hashed before being used by the HMAC algorithm.",
            digits[6],
        ),
    ]
    for digits in (
        ["b0344c61", "5bdcc146", "773ea91e", "82558a38", "a3b6167473100ee06e0c796c2955552b", "60e43159", "9b09ffa7"],
        ["87aa7cde", "164b7a7b", "fa73b008", "b0ba4656", "415fad6271580a531d4179bc891d87a6", "80b24263", "e37b6a77"],
    )
)


def case(hash_name, comment, flags, key, message, mac, error=None):
    """A webhook with this MAC in its header, and what is to be said to it."""
    scheme, header, prefix = SCHEMES[hash_name]
    test = {
        "comment": comment,
        "flags": flags,
        "request": {
            "headers": [[header, prefix + mac.hex()]],
            "body_base64": base64.b64encode(message).decode(),
            "keys": [{"id": "k1", "secret": key.hex(), "encoding": "hex"}],
            "now_ms": NOW,
        },
    }
    if error:
        return {**test, "result": "invalid", "error": error}
    fields = [b"countermark webhook", scheme.encode(), b"mac", mac]
    replay_key = hashlib.sha256(b"".join(len(field).to_bytes(8, "big") + field for field in fields)).hexdigest()
    ok = {"key_id": "k1", "covers": ["body"], "replay_key": replay_key}
    if not message:
        # Nothing tells an empty body from another.
        del ok["replay_key"]
    return {**test, "result": "valid", "ok": ok}


def computed(hash_name, comment, key, message, digits):
    """A published value whose inputs are known, checked by its first digits: right, and with its last bit changed."""
    mac = hmac.digest(key, message, hash_name)
    assert mac.hex().startswith(digits.lower()), (comment, mac.hex(), digits)
    flipped = mac[:-1] + bytes([mac[-1] ^ 1])
    return [
        case(hash_name, comment, [], key, message, mac),
        case(hash_name, f"{comment}, last bit changed", ["ModifiedTag"], key, message, flipped, "SIGNATURE_MISMATCH"),
    ]


def wycheproof(hash_name):
    file = json.loads((WYCHEPROOF / f"hmac_{hash_name}_test.json").read_text())
    for group in file["testGroups"]:
        for test in group["tests"]:
            key, message, mac = (bytes.fromhex(test[name]) for name in ("key", "msg", "tag"))
            cut = group["tagSize"] < 8 * hashlib.new(hash_name).digest_size
            error = "MALFORMED_SIGNATURE" if cut else {"valid": None, "invalid": "SIGNATURE_MISMATCH"}[test["result"]]
            flags = ["TruncatedTag"] if cut else ["ModifiedTag"] if error else []
            comment = f"Wycheproof {test['tcId']}, tag of {group['tagSize']} bits: {test['comment']}"
            yield case(hash_name, comment, flags, key, message, mac, error)


def groups():
    for hash_name, (scheme, _, _) in SCHEMES.items():
        request = {"op": "webhook.verify", "scheme": scheme}
        yield {"description": f"HMAC-{hash_name.upper()}, Wycheproof", "source": "https://github.com/C2SP/wycheproof", "request": request,
               "tests": list(wycheproof(hash_name))}
        nist = []
        for size, sign, digits in NIST[hash_name]:
            message = f"Sample message for keylen{sign}blocklen" + (", with truncated tag" if size == 49 else "")
            nist += computed(hash_name, f"key of {size} bytes", bytes(range(size)), message.encode(), digits)
        yield {"description": f"HMAC-{hash_name.upper()}, NIST examples with intermediate values",
               "source": "https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values", "request": request, "tests": nist}
        rfc = "2202" if hash_name == "sha1" else "4231"
        tests = [test for number, (key, message, digits) in enumerate(RFC[hash_name], 1)
                 for test in computed(hash_name, f"test case {number}", key, message, digits)]
        yield {"description": f"HMAC-{hash_name.upper()}, RFC {rfc}", "source": f"https://www.rfc-editor.org/rfc/rfc{rfc}", "request": request, "tests": tests}
