#!/usr/bin/env python3
"""Writes seal.json with an implementation of its own: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) and the token's layout.

Run it after a change of the layout, and review the difference: `python3 seal.py [FOLDER]`. Standard library only.
"""

import base64
import json
import pathlib
import struct
import sys

MASK = 0xFFFFFFFF


def rotate(x, n):
    return ((x << n) | (x >> (32 - n))) & MASK


def rounds(state):
    s = list(state)
    for _ in range(10):
        for a, b, c, d in [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                           (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]:
            s[a] = (s[a] + s[b]) & MASK
            s[d] = rotate(s[d] ^ s[a], 16)
            s[c] = (s[c] + s[d]) & MASK
            s[b] = rotate(s[b] ^ s[c], 12)
            s[a] = (s[a] + s[b]) & MASK
            s[d] = rotate(s[d] ^ s[a], 8)
            s[c] = (s[c] + s[d]) & MASK
            s[b] = rotate(s[b] ^ s[c], 7)
    return s


def block(key, counter, nonce):
    state = struct.unpack("<4I", b"expand 32-byte k") + struct.unpack("<8I", key) + (counter,) + struct.unpack("<3I", nonce)
    return struct.pack("<16I", *((a + b) & MASK for a, b in zip(state, rounds(state))))


def hchacha(key, nonce):
    state = struct.unpack("<4I", b"expand 32-byte k") + struct.unpack("<8I", key) + struct.unpack("<4I", nonce)
    out = rounds(state)
    return struct.pack("<8I", *out[:4], *out[12:])


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for at in range(0, len(message), 16):
        total = (total + int.from_bytes(message[at:at + 16] + b"\x01", "little")) * r % ((1 << 130) - 5)
    return ((total + int.from_bytes(key[16:], "little")) & ((1 << 128) - 1)).to_bytes(16, "little")


def encrypt(key, nonce, plain, associated):
    """XChaCha20-Poly1305: the content, then the tag."""
    key, nonce = hchacha(key, nonce[:16]), bytes(4) + nonce[16:]
    stream = b"".join(block(key, 1 + at // 64, nonce) for at in range(0, len(plain), 64))
    content = bytes(a ^ b for a, b in zip(plain, stream))

    def pad(data):
        return data + bytes(-len(data) % 16)

    mac = pad(associated) + pad(content) + struct.pack("<QQ", len(associated), len(content))
    return content + poly1305(block(key, 0, nonce)[:32], mac)


# The example of the draft, A.3.1.
assert encrypt(
    bytes(range(0x80, 0xA0)), bytes(range(0x40, 0x58)),
    b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
    bytes.fromhex("50515253c0c1c2c3c4c5c6c7"),
)[-16:].hex() == "c0875924c1c7987947deafd8780acf49"

CREATED = 1_700_000_000_000
END = CREATED + 245_000
KEY = bytes(range(32))
NONCE = bytes(range(100, 124))
NAME, ADDRESS, VISITOR, PURPOSE = b"Shop", b"https://shop.example", b"visitor-1", b"countermark.auth-session"
SERVER = b"https://id.example"


def session():
    texts = [b"alice", b"-4242", b"AB12CD34", NAME, ADDRESS, SERVER]
    return b"\x01" + struct.pack(">q", CREATED) + b"".join(struct.pack(">H", len(text)) + text for text in texts)


def raw(context=(PURPOSE, NAME, ADDRESS, VISITOR), key=KEY, key_id=b"1", plain=None, version=1):
    header = bytes([version, len(key_id)]) + key_id + struct.pack(">q", END) + NONCE
    associated = b"".join(struct.pack(">Q", len(part)) + part for part in (header, *context))
    return header + encrypt(key, NONCE, session() if plain is None else plain, associated)


def text(token):
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


def flipped(token, at):
    return token[:at] + bytes([token[at] ^ 1]) + token[at + 1:]


TOKEN = raw()
HEADER = 3 + 8 + 24
OK = {
    "secsignid": "alice", "authsessionid": "-4242", "service_name": NAME.decode(), "service_address": ADDRESS.decode(),
    "created_at_ms": CREATED,
}
TESTS = [
    ("a token for this visitor", TOKEN, None, {}),
    ("in its last millisecond", TOKEN, None, {"now_ms": END}),
    ("a key of another name", raw(key_id=b"2026-11"), None, {"key_id": "2026-11"}),
    ("a millisecond after its end", TOKEN, "HANDLE_EXPIRED", {"now_ms": END + 1}),
    ("after its end, of another visitor: nothing is told", TOKEN, "UNKNOWN_HANDLE", {"now_ms": END + 1, "binding": "visitor-2"}),
    ("another visitor", TOKEN, "UNKNOWN_HANDLE", {"binding": "visitor-2"}),
    ("no visitor", TOKEN, "INVALID_INPUT", {"binding": ""}),
    ("sealed for another service", raw((PURPOSE, b"Bank", ADDRESS, VISITOR)), "UNKNOWN_HANDLE", {}),
    ("sealed for another address", raw((PURPOSE, NAME, b"https://bank.example", VISITOR)), "UNKNOWN_HANDLE", {}),
    ("name and address split elsewhere", raw((PURPOSE, NAME + b"h", ADDRESS[1:], VISITOR)), "UNKNOWN_HANDLE", {}),
    ("sealed for another purpose", raw((b"countermark.other", NAME, ADDRESS, VISITOR)), "UNKNOWN_HANDLE", {}),
    ("another key", raw(key=bytes(32)), "UNKNOWN_HANDLE", {}),
    ("another key id", raw(key_id=b"2"), "UNKNOWN_HANDLE", {}),
    ("a later expiry written in", flipped(TOKEN, 8), "UNKNOWN_HANDLE", {}),
    ("another nonce written in", flipped(TOKEN, 12), "UNKNOWN_HANDLE", {}),
    ("a bit of the content flipped", flipped(TOKEN, HEADER), "UNKNOWN_HANDLE", {}),
    ("a bit of the tag flipped", flipped(TOKEN, len(TOKEN) - 1), "UNKNOWN_HANDLE", {}),
    ("cut by a byte", TOKEN[:-1], "UNKNOWN_HANDLE", {}),
    ("a byte more", TOKEN + b"\0", "UNKNOWN_HANDLE", {}),
    ("another version", raw(version=2), "UNKNOWN_HANDLE", {}),
    ("empty", "", "UNKNOWN_HANDLE", {}),
    ("padded", text(TOKEN) + "=", "UNKNOWN_HANDLE", {}),
    ("not base64", text(TOKEN)[:-4] + "?+/.", "UNKNOWN_HANDLE", {}),
    ("a key id longer than the token", text(b"\x01\xff1"), "UNKNOWN_HANDLE", {}),
    ("a bare session number", "-4242", "UNKNOWN_HANDLE", {}),
    ("a long text", "A" * 10_000, "UNKNOWN_HANDLE", {}),
    ("content that is no session", raw(plain=b"alice"), "UNKNOWN_HANDLE", {}),
    ("a session with a byte too many", raw(plain=session() + b"\0"), "UNKNOWN_HANDLE", {}),
    ("a session without its server", raw(plain=session()[:-2 - len(SERVER)]), "UNKNOWN_HANDLE", {}),
    ("a key of 31 bytes", TOKEN, "INVALID_SECRET", {"key_base64": base64.b64encode(KEY[:31]).decode()}),
    ("a key without an id", TOKEN, "INVALID_CONFIG", {"key_id": ""}),
]


def test(number, comment, token, error, extra):
    row = {"tcId": number, "comment": comment, "flags": ["ForeignHandle"] if error == "UNKNOWN_HANDLE" else []}
    row["request"] = {**extra, "token": token if isinstance(token, str) else text(token)}
    row["result"] = "invalid" if error else "valid"
    return {**row, "error": error} if error else {**row, "ok": OK}


FILE = {
    "description": "Sealed sessions: tokens that open for one visitor, service and time, and for nobody else.",
    "source": "Layout of core/src/seal and core/src/facade/login/session/bytes.rs; values by seal.py, an implementation of its own.",
    "notes": {
        "ForeignHandle": {
            "bugType": "AUTH_BYPASS",
            "description": "A handle that was not sealed here, for this visitor and this service, logs in whoever brings it.",
        },
    },
    "testGroups": [{
        "description": "opening",
        "request": {
            "op": "seal.open_foreign", "key_base64": base64.b64encode(KEY).decode(), "binding": VISITOR.decode(),
            "service_name": NAME.decode(), "service_address": ADDRESS.decode(), "now_ms": CREATED + 1000,
        },
        "tests": [test(number, *row) for number, row in enumerate(TESTS, 1)],
    }],
}

folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
(folder / "seal.json").write_text(json.dumps(FILE, indent=1) + "\n")
