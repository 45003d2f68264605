#!/usr/bin/env python3
"""Writes the webhook vectors beside it, or into a folder: `python3 generate.py [FOLDER]`. Needs nothing but Python 3.9.

`schemes.py` says how each sender signs, `traps.py` holds what is special to some schemes; here are the cases that
every scheme has, and the expected answers.
"""

import base64
import copy
import hashlib
import json
import re
import sys
from pathlib import Path

import references
import traps
from schemes import FAMILIES, NOW

NOTES = {
    "WrongKey": ("AUTH_BYPASS", "a signature of another key is accepted"),
    "Tampered": ("AUTH_BYPASS", "changed content is accepted"),
    "MalformedSignature": ("DOS", "a signature text that is cut or not ASCII crashes the reader, or is accepted in part"),
    "Missing": ("AUTH_BYPASS", "an absent or empty signature counts as valid"),
    "Ambiguous": ("PARSER_DIFFERENTIAL", "of two contradicting values one is picked silently"),
    "Time": ("REPLAY", "the time window is not checked, at one side or at its ends"),
    "TimeText": ("PARSER_DIFFERENTIAL", "a time with sign, zero, fraction, blank or other digits is read like the plain one"),
    "Rotation": ("FUNCTIONAL", "a second key or a second signature is not looked at"),
    "Secret": ("AUTH_BYPASS", "a key that is empty or cannot be decoded is used as an empty key"),
    "Topic": ("FUNCTIONAL", "two events that come with the same bytes are taken for one"),
    "Context": ("FUNCTIONAL", "what the scheme signs beside headers and body was not given"),
    "NotCovered": ("AUTH_BYPASS", "the scheme does not sign this, so it must not be presented as signed"),
    "Boundary": ("AUTH_BYPASS", "bytes move over a border without separator"),
    "Collision": ("AUTH_BYPASS", "a sender that signs one of two bodies with the same SHA-1 has signed the other too"),
    "Downgrade": ("AUTH_BYPASS", "an older, weaker signature is accepted in place of the real one"),
    "Case": ("FUNCTIONAL", "header names are compared with their case"),
    "RawBody": ("FUNCTIONAL", "the body is decoded, trimmed or encoded anew before the check"),
    "List": ("FUNCTIONAL", "one element of a list hides the others"),
    "Malleable": ("REPLAY", "the same message with another spelling of its signature is a new message"),
    "ModifiedTag": ("AUTH_BYPASS", "a MAC with one bit changed is accepted"),
    "TruncatedTag": ("AUTH_BYPASS", "the first bytes of the MAC are accepted in place of all"),
    "Limit": ("DOS", "the work that a request causes is not bounded"),
}


def replay_key(scheme, secret, body, ms):
    """SHA-256 over length-prefixed fields: purpose, scheme, kind, message. `secret` is the first of the ring."""
    if scheme.digest == "token" or scheme.comes_again or (scheme.covers == ["body"] and not body):
        return None
    # What an id is chosen by is known when the ring is: see `known_by`.
    return "by id" if scheme.message_id else sha256_of(b"countermark webhook", scheme.id.encode(), b"mac", scheme.identity(secret, body, ms)).hex()


def sha256_of(*fields):
    return hashlib.sha256(b"".join(len(field).to_bytes(8, "big") + field for field in fields)).digest()


def known_by(scheme, first, ok):
    """The answer with the replay key of a message that its id tells, for a sender whose secret is the first of the ring."""
    if "replay_key" not in ok or "message_id" not in ok:
        return ok
    sender = sha256_of(b"countermark webhook sender", first.encode())
    key = sha256_of(b"countermark webhook", scheme.id.encode(), b"id", ok["message_id"].encode(), sender)
    return {**ok, "replay_key": key.hex()}


def answer(scheme, key_id="k1", secret=None, body=None, ms=NOW, **changes):
    """The `ok` of a request that `scheme` signed."""
    body = scheme.body if body is None else body
    ok = {"key_id": key_id, "message_id": scheme.message_id, "timestamp_ms": ms // 1000 * 1000 if scheme.unit else None, "covers": scheme.covers}
    ok["replay_key"] = replay_key(scheme, secret or scheme.secret, body, ms)
    if scheme.id == "linear":
        ok["timestamp_ms"] = ms
    ok.update(changes)
    if scheme.comes_again:
        del ok["replay_key"]
    return {name: value for name, value in ok.items() if value is not None}


def first_secret(scheme):
    """The secret whose MAC identifies a message when `scheme.other` comes first in the ring."""
    one_signature = scheme.digest == "hash" or scheme.id in ("twilio", "hubspot-v3")
    return scheme.secret if one_signature else scheme.other


def fields(request):
    out = {name: value for name, value in request.items() if name != "body"}
    out["body_base64"] = base64.b64encode(request["body"]).decode()
    return out


def get_at(scheme, request, place):
    kind, *where = place
    if kind in ("header", "label"):
        name = where[0] if kind == "header" else scheme.place[1]
        text = next(value for key, value in request["headers"] if key == name)
        return text if kind == "header" else re.search(re.escape(where[0]) + r"([^,;]*)", text).group(1)
    if kind == "param":
        return re.search(rf"(?:^|&){where[0]}=([^&]*)", request["query"]).group(1)
    if kind == "path":
        return request["url"].split("/")[3]
    value = json.loads(request["body"])
    for step in where[0]:
        value = value[step]
    return value


def put_at(scheme, request, place, text):
    """The request with another text at a place; None takes it away."""
    request = copy.deepcopy(request)
    kind, *where = place
    if kind == "header":
        request["headers"] = [[key, text if key == where[0] else value] for key, value in request["headers"] if key != where[0] or text is not None]
    elif kind == "label":
        old = get_at(scheme, request, scheme.place)
        new = re.sub(re.escape(where[0]) + r"[^,;]*" + ("[,;] ?" if text is None else ""), "" if text is None else where[0] + text, old, count=1)
        request = put_at(scheme, request, scheme.place, new)
    elif kind == "param":
        new = "" if text is None else rf"\g<1>{where[0]}={text}"
        request["query"] = re.sub(rf"(^|&){where[0]}=[^&]*", new, request["query"], count=1)
    elif kind == "path":
        parts = request["url"].split("/")
        request["url"] = "/".join(parts[:3] + ([] if text is None else [text]) + parts[4:])
    else:
        value = json.loads(request["body"])
        inner = value
        for step in where[0][:-1]:
            inner = inner[step]
        if text is None:
            del inner[where[0][-1]]
        else:
            inner[where[0][-1]] = text
        request["body"] = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    return request


class Group:
    """Collects the tests of one scheme."""

    def __init__(self, scheme):
        self.scheme, self.tests = scheme, []

    def add(self, comment, flags, request, expected, keys=None, now=NOW, **options):
        """`expected` is the name of an error, or the answer."""
        scheme = self.scheme
        keys = [scheme.secret] if keys is None else keys
        ring = [key if isinstance(key, dict) else {"id": f"k{at}", "secret": key} for at, key in enumerate(keys, 1)]
        test = {"comment": comment, "flags": flags, "request": {**fields(request), "keys": ring, "now_ms": now, **options}}
        is_error = isinstance(expected, str)
        test.update({"result": "invalid", "error": expected} if is_error else {"result": "valid", "ok": known_by(scheme, ring[0]["secret"], expected)})
        self.tests.append(test)

    def common(self):
        scheme, add = self.scheme, self.add
        good = scheme.request()
        missing = "MISSING_HEADER" if scheme.place[0] == "header" else "MISSING_PARAMETER"
        signature = get_at(scheme, good, scheme.place)
        put = lambda text: put_at(scheme, good, scheme.place, text)
        malformed = {"token": "SIGNATURE_MISMATCH", "der": "SIGNATURE_MISMATCH"}.get(scheme.form, "MALFORMED_SIGNATURE")

        single = "SIGNATURE_MISMATCH" if scheme.form == "token" else "MALFORMED_SIGNATURE"
        if scheme.time_at and scheme.time_at[0] == "label":
            single = "MALFORMED_HEADER"
        add("as the sender sends it", [], good, answer(scheme))
        add("signed with another key", ["WrongKey"], good, "SIGNATURE_MISMATCH", keys=[scheme.other])
        add("old key second in the ring", ["Rotation"], good, answer(scheme, "k2", first_secret(scheme)), keys=[scheme.other, scheme.secret])
        over = [{"id": "k1", "secret": scheme.other, "not_after_ms": NOW - 1}, {"id": "k2", "secret": scheme.secret}]
        add("the first key is no longer valid: still the same message", ["Rotation", "Malleable"], good,
            answer(scheme, "k2", first_secret(scheme)), keys=over)
        add("key no longer valid", ["Rotation"], good, "SIGNATURE_MISMATCH", keys=[{"id": "k1", "secret": scheme.secret, "not_after_ms": NOW - 1}])
        add("key not yet valid", ["Rotation"], good, "SIGNATURE_MISMATCH", keys=[{"id": "k1", "secret": scheme.secret, "not_before_ms": NOW + 1}])
        add("empty secret", ["Secret"], good, "INVALID_SECRET", keys=[""])
        if scheme.id != "paypal":  # A PEM file ends so.
            add("secret with a line break", ["Secret"], good, "INVALID_SECRET", keys=[scheme.secret + "\n"])
        add("one empty secret beside a good one", ["Secret", "Rotation"], good, answer(scheme, "k2"), keys=["", scheme.secret])
        add("signature cut", ["MalformedSignature"], put(signature[:-4]), malformed)
        add("signature of one character", ["MalformedSignature"], put("A"), single)
        add("signature with a non-ASCII end", ["MalformedSignature"], put(signature[:-1] + "é"),
            "SIGNATURE_MISMATCH" if scheme.form == "token" else "MALFORMED_SIGNATURE")
        add("no signature", ["Missing"], put(None), "MALFORMED_SIGNATURE" if scheme.place[0] == "path" else missing)
        if scheme.place[0] in ("header", "param"):
            add("empty signature", ["Missing"], put(""), missing)
        self.bodies(good)
        self.headers(good)
        for need in scheme.needs:
            # A URL without a query has an empty one.
            missing = "MISSING_PARAMETER" if need == "query" and "url" in good else "MISSING_CONTEXT"
            add(f"no {need} given", ["Context"], {**good, need: None}, missing)
        if scheme.unit:
            self.times(good)

    def bodies(self, good):
        scheme, add = self.scheme, self.add
        covered = {"body", "body_checksum", "form"} & set(scheme.covers)
        changed = {**good, "body": good["body"] + b"\n" if scheme.form != "json" else good["body"]}
        if covered:
            add("line feed appended to the body", ["Tampered", "RawBody"], changed, "SIGNATURE_MISMATCH")
            add("body emptied", ["Tampered"], {**good, "body": b""}, "SIGNATURE_MISMATCH")
            add("body of another event", ["Tampered"], {**good, "body": scheme.body.replace(b"1", b"2", 1)}, "SIGNATURE_MISMATCH")
        elif scheme.place[0] != "json":
            add("another body: not signed", ["NotCovered"], {**good, "body": b"forged"}, answer(scheme))
        if "body" in scheme.covers and scheme.id not in ("linear", "messagebird", "bird"):
            for comment, body in [("empty body", b""), ("body with a byte order mark", b"\xef\xbb\xbf{}"),
                                  ("body that is not UTF-8", b"\xff\xfe\x00{"), ("body with NUL and CR LF", b"a\x00b\r\n")]:
                add(comment, ["RawBody"], scheme.request(body=body), answer(scheme, body=body))

    def headers(self, good):
        scheme, add = self.scheme, self.add
        if good["headers"]:
            upper = {**good, "headers": [[name.upper(), value] for name, value in good["headers"]]}
            add("header names in upper case", ["Case"], upper, answer(scheme))
        if scheme.place[0] == "header":
            name, text = scheme.place[1], get_at(scheme, good, scheme.place)
            twice = lambda value: {**good, "headers": good["headers"] + [[name.lower(), value]]}
            add("signature header twice, different", ["Ambiguous"], twice("x"), "AMBIGUOUS_INPUT")
            add("signature header twice, equal", ["Ambiguous"], twice(text), answer(scheme))
        if scheme.place[0] == "param":
            add("signature parameter twice", ["Ambiguous"], {**good, "query": good["query"] + f"&{scheme.place[1]}=00"}, "AMBIGUOUS_INPUT")
            if scheme.id not in ("discourse-connect", "wechat-server", "wechat-miniprogram", "vk-launch-params"):
                add("parameter added", ["Tampered"], {**good, "query": "admin=1&" + good["query"]}, "SIGNATURE_MISMATCH")
        if scheme.id_header:
            put = lambda text: put_at(scheme, good, ("header", scheme.id_header), text)
            add("no message id", ["Missing"], put(None), "MISSING_HEADER")
            add("another message id", ["Tampered"], put("another-id-1"), "SIGNATURE_MISMATCH")
            add("message id with a separator", ["Boundary"], put("a.b|c"), "MALFORMED_HEADER")
            add("message id of 300 bytes", ["Limit"], put("a" * 300), "MALFORMED_HEADER")

    def times(self, good):
        scheme, add = self.scheme, self.add
        age, future = scheme.age * 1000, scheme.future * 1000
        add("at the end of its age", ["Time"], good, answer(scheme), now=NOW + age)
        add("one millisecond too old", ["Time"], good, "TIMESTAMP_TOO_OLD", now=NOW + age + 1)
        add("as far ahead as allowed", ["Time"], good, answer(scheme), now=NOW - future)
        add("one millisecond too far ahead", ["Time"], good, "TIMESTAMP_TOO_NEW", now=NOW - future - 1)
        add("own maximum age", ["Time"], good, "TIMESTAMP_TOO_OLD", now=NOW + 2000, max_age_s=1)
        add("a year old, check switched off", ["Time"], good, answer(scheme), now=NOW + 31_536_000_000, check_time=False)
        add("old, and the signature is wrong: says nothing of the time", ["Time"], good, "SIGNATURE_MISMATCH", keys=[scheme.other], now=NOW + 10**12)
        put = lambda text: put_at(scheme, good, scheme.time_at, text)
        add("another time", ["Tampered"], put(scheme.unit(NOW + 1000)), "SIGNATURE_MISMATCH")
        add("no time", ["Missing"], put(None), {"label": "MALFORMED_HEADER", "header": "MISSING_HEADER"}.get(scheme.time_at[0], "MISSING_PARAMETER"))
        plain = scheme.unit(NOW)
        for comment, text in [("a minus sign", "-" + plain), ("a leading zero", "0" + plain), ("a fraction", plain + ".0"), ("letters behind", plain + "junk"),
                              ("twenty digits", "9" * 20), ("hex", "0x6553f100")]:
            add(f"time with {comment}", ["TimeText"], put(text), "MALFORMED_TIMESTAMP")
        late = 2_147_483_648_000
        add("after the year 2038", ["Time"], scheme.request(ms=late), answer(scheme, ms=late), now=late)


def sign_tests(family, schemes):
    """What signing must give: exactly what the sender sends."""
    tests = []
    for scheme in schemes:
        good = scheme.request()
        unsigned = {name: good[name] for name in ("method", "url", "query") if name in good}
        if scheme.place[0] == "param":
            unsigned["query"] = re.sub(rf"&{scheme.place[1]}=[^&]*", "", good["query"])
        if scheme.place[0] == "path":
            unsigned["url"] = put_at(scheme, good, scheme.place, None)["url"]
        body = scheme.body
        if scheme.id == "adyen-item":
            body = put_at(scheme, good, scheme.place, None)["body"]
        ok = {"headers": good["headers"]}
        request = {"scheme": scheme.id, "key": {"id": "k1", "secret": scheme.sign_key or scheme.secret}, **unsigned,
                   "body_base64": base64.b64encode(body).decode(), "now_ms": NOW}
        if scheme.message_id:
            request["message_id"] = scheme.message_id
        given = [header for header in good["headers"] if "Nonce" in header[0] or header[0] == "PAYPAL-CERT-URL"]
        if given:
            request["headers"] = given
            ok["headers"] = [header for header in ok["headers"] if header not in given]
        if scheme.id in ("hubspot-v1", "hubspot-v2"):
            ok["headers"].append(["X-HubSpot-Signature-Version", scheme.id[-2:]])
        if scheme.place[0] == "param":
            ok["query"] = good["query"]
        if scheme.place[0] == "path":
            ok["url"] = good["url"]
        if scheme.place[0] == "json":
            ok["body_base64"] = base64.b64encode(good["body"]).decode()
        # In the order of signing: id, time, what else there is, signature.
        first = [scheme.id_header, scheme.time_at[1] if scheme.time_at else None]
        rank = lambda header: first.index(header[0]) if header[0] in first else 3 if scheme.place[1:] == (header[0],) else 2
        ok["headers"] = sorted(ok["headers"], key=rank)
        tests.append({"comment": scheme.id, "flags": [], "request": request, "result": "valid", "ok": ok})
        tests.append({"comment": f"{scheme.id}: empty secret", "flags": ["Secret"], "request": {**request, "key": {"id": "k1", "secret": ""}},
                      "result": "invalid", "error": "INVALID_SECRET"})
        tests.append({"comment": f"{scheme.id}: a time before 1970", "flags": ["TimeText"], "request": {**request, "now_ms": -1},
                      "result": "invalid", "error": "INVALID_INPUT"})
    return tests


def write(name, description, source, groups):
    flags = {flag for group in groups for test in group["tests"] for flag in test["flags"]}
    number = 0
    for group in groups:
        for test in group["tests"]:
            number += 1
            test_fields = {"tcId": number, **test}
            test.clear()
            test.update(test_fields)
    file = {
        "description": description,
        "source": source,
        "notes": {flag: dict(zip(("bugType", "description"), NOTES[flag])) for flag in sorted(flags)},
        "testGroups": groups,
    }
    text = json.dumps(file, ensure_ascii=False, indent=1)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def main():
    for family, schemes in FAMILIES.items():
        groups = []
        for scheme in schemes:
            group = Group(scheme)
            group.common()
            traps.add(scheme, group, answer, put_at, get_at)
            groups.append({"description": scheme.id, "source": scheme.source, "request": {"op": "webhook.verify", "scheme": scheme.id}, "tests": group.tests})
        write(family, f"webhook schemes, family {family}", "computed by generate.py from the vendor page of each group", groups)
    signing = [
        {"description": f"signing, family {family}", "request": {"op": "webhook.sign"}, "tests": sign_tests(family, schemes)}
        for family, schemes in FAMILIES.items()
    ]
    signing.append(traps.signing())
    write("sign", "signing gives exactly what the sender sends", "computed by generate.py from the vendor page of each scheme", signing)
    write("hmac", "published HMAC values", "Wycheproof (Apache-2.0), NIST and RFCs, by references.py", list(references.groups()))
    write("configuration", "what can be configured, and what is refused", "webhook.verify, webhook.sign and webhook.site_origin of the adapter protocol", [traps.configuration(), traps.origins()])


if __name__ == "__main__":
    main()
