"""What is special to some schemes: the mistakes that were found in published verifiers."""

import base64
import hashlib
import json
from urllib.parse import parse_qsl

import asymmetric as asym
from schemes import (
    ADYEN_ITEM, BODY, ED_SEED, FORM, KEYS, MAILGUN_TOKEN, NOW, RSA_CERTIFICATE, TWITCH_ID, URL, adyen_signed, b64, hex_key, mac, millis,
    public_hex, rfc3339, seconds, sha, twilio_content, whsec,
)

ZERO = "0" * 64

# The 320 bytes with which the two files of the SHAttered collision begin (Stevens, Bursztein, Karpman, Albertini, Markov: "The first
# collision for full SHA-1", 2017; shattered.io). From there on, whatever follows both has the same SHA-1 behind both.
SHATTERED_START = bytes.fromhex(
    "255044462d312e330a25e2e3cfd30a0a0a312030206f626a0a3c3c2f57696474682032203020522f4865696768742033203020522f547970652034203020522f"
    "537562747970652035203020522f46696c7465722036203020522f436f6c6f7253706163652037203020522f4c656e6774682038203020522f42697473506572"
    "436f6d706f6e656e7420383e3e0a73747265616d0affd8fffe00245348412d3120697320646561642121212121852fec092339759c39b1a1c63c4c97e1fffe01"
)
SHATTERED = [SHATTERED_START + bytes.fromhex(blocks) for blocks in (
    "7f46dc93a6b67e013b029aaa1db2560b45ca67d688c7f84b8c4c791fe02b3df614f86db1690901c56b45c1530afedfb76038e972722fe7ad728f0e4904e046c2"
    "30570fe9d41398abe12ef5bc942be33542a4802d98b5d70f2a332ec37fac3514e74ddc0f2cc1a874cd0c78305a21566461309789606bd0bf3f98cda8044629a1",
    "7346dc9166b67e118f029ab621b2560ff9ca67cca8c7f85ba84c79030c2b3de218f86db3a90901d5df45c14f26fedfb3dc38e96ac22fe7bd728f0e45bce046d2"
    "3c570feb141398bb552ef5a0a82be331fea48037b8b5d71f0e332edf93ac3500eb4ddc0decc1a864790c782c76215660dd309791d06bd0af3f98cda4bc4629b1",
)]
assert SHATTERED[0] != SHATTERED[1] and sha(SHATTERED[0], "sha1") == sha(SHATTERED[1], "sha1")


def collision(scheme, add, answer):
    for number, body in enumerate(SHATTERED, 1):
        request = scheme.request(body=body)
        add(f"file {number} of the SHAttered collision, signed well", ["Collision"], request, "COLLISION_DETECTED")
        add(f"file {number} of the SHAttered collision, signed with another key", ["Collision"], request, "COLLISION_DETECTED", keys=[scheme.other])
    cut = SHATTERED[0][:192 + 64]
    add("its first block alone collides with nothing", ["Collision"], scheme.request(body=cut), answer(scheme, body=cut))


def with_headers(request, **changes):
    """Replaces headers; underscores in names stand for hyphens."""
    changes = {name.replace("_", "-"): value for name, value in changes.items()}
    kept = [[name, changes.pop(name, value)] for name, value in request["headers"]]
    return {**request, "headers": [[name, value] for name, value in kept if value is not None] + [[n, v] for n, v in changes.items() if v is not None]}


def standard_webhooks(scheme, add, answer, **_):
    good = scheme.request()
    key, signature = whsec(scheme.secret), good["headers"][2][1]
    message_id, time = good["headers"][0][1], good["headers"][1][1]
    head = lambda text: with_headers(good, webhook_signature=text)
    ok = answer(scheme)
    nothing = "v1," + b64(bytes(32))
    add("good signature last", ["List"], head(f"{nothing} {signature}"), ok)
    add("good signature after an unreadable one", ["List"], head(f"v1,abc {signature}"), ok)
    add("good signature after text without comma", ["List"], head(f"junk {signature}"), ok)
    add("v1a beside v1", ["List"], head(f"v1a,{b64(bytes(64))} {signature}"), ok)
    add("two spaces between", ["List"], head(f"{nothing}  {signature}"), ok)
    add("seventeen signatures", ["Limit"], head(" ".join([nothing] * 16 + [signature])), "MALFORMED_HEADER")
    add("only other versions", ["Downgrade"], head("v2," + signature[3:]), "NO_SUPPORTED_SIGNATURE")
    add("no version", ["MalformedSignature"], head(signature[3:]), "MALFORMED_SIGNATURE")
    add("URL-safe alphabet", ["MalformedSignature"], head("v1," + "-_" + signature[5:]), "MALFORMED_SIGNATURE")
    add("characters between the base64", ["MalformedSignature"], head("v1," + "-".join(signature[3:])), "MALFORMED_SIGNATURE")
    add("padding left out", ["MalformedSignature"], head(signature[:-1]), "MALFORMED_SIGNATURE")
    shifted = {"headers": [["webhook-id", message_id + "." + time], ["webhook-timestamp", "1700000001"], ["webhook-signature", "v1," + b64(
        mac(key, f"{message_id}.{time}.1700000001.".encode() + BODY))]], "body": BODY}
    add("id that holds a dot", ["Boundary"], shifted, "MALFORMED_HEADER", now=NOW)
    add("secret without whsec_", ["Secret"], good, ok, keys=[scheme.secret.removeprefix("whsec_")])
    text = {"id": "k1", "secret": scheme.secret, "encoding": "utf8"}
    tag = mac(scheme.secret.encode(), f"{message_id}.{time}.".encode() + BODY)
    add("secret used as text, as some senders do", ["Secret"], head("v1," + b64(tag)), ok, keys=[text])
    add("the same without saying so", ["Secret"], head("v1," + b64(tag)), "SIGNATURE_MISMATCH")
    empty = head("v1," + b64(mac(b"", f"{message_id}.{time}.".encode() + BODY)))
    for comment, secret in [("nothing after whsec_", "whsec_"), ("no base64 after whsec_", "whsec_!!!!"), ("one character", "whsec_a"),
                            ("v1, in front of whsec_", "v1," + scheme.secret), ("a public key", "whpk_" + b64(bytes(32))),
                            ("a private key", "whsk_" + b64(bytes(64))), ("an API key", "sk_" + "test_1"), ("eight bytes", "whsec_" + b64(bytes(8)))]:
        add(f"secret: {comment}", ["Secret"], empty, "INVALID_SECRET", keys=[secret])
    add("one unreadable secret beside a good one", ["Secret"], good, answer(scheme, "k2"), keys=["whsec_!!!!", scheme.secret])
    content = f"{message_id}.{time}.".encode() + BODY
    v1a = "v1a," + b64(asym.ed25519_sign(ED_SEED, content))
    public = {"id": "k1", "secret": "whpk_" + b64(asym.ed25519_public(ED_SEED)), "encoding": "whpk"}
    add("v1a with its public key", [], head(v1a), ok, keys=[public])
    add("v1a behind v1", ["List"], head(f"{signature} {v1a}"), ok, keys=[public])
    add("v1a without public key", ["Downgrade"], head(v1a), "NO_SUPPORTED_SIGNATURE")
    add("v1 with a public key only", ["Downgrade"], good, "NO_SUPPORTED_SIGNATURE", keys=[public])
    add("v1a over another body", ["Tampered"], {**head(v1a), "body": b"{}"}, "SIGNATURE_MISMATCH", keys=[public])
    add("v1a with both kinds of key", ["Rotation"], head(v1a), answer(scheme, "k2"), keys=[scheme.secret, {**public, "id": "k2"}])
    forged = "v1a," + b64(bytes(64))
    add("v1a behind five others", ["List"], head(" ".join([forged] * 5 + [v1a])), ok, keys=[public])
    add("v1a behind six others: each would be a pass over the body", ["Limit"], head(" ".join([forged] * 6 + [v1a])), "MALFORMED_HEADER", keys=[public])
    add("v1 behind fifteen v1a that no key is for", ["List"], head(" ".join([forged] * 15 + [signature])), ok)
    for comment, secret in [("zero point", bytes(32)), ("31 bytes", bytes(31)), ("not on the curve", b"\x02" + bytes(31))]:
        add(f"public key: {comment}", ["Secret"], head(v1a), "INVALID_SECRET", keys=[{**public, "secret": "whpk_" + b64(secret)}])


def svix(scheme, add, answer, **_):
    good = scheme.request()
    unbranded = [[name.replace("svix", "webhook"), value] for name, value in good["headers"]]
    add("unbranded header names", [], {**good, "headers": unbranded}, answer(scheme))
    add("both families, equal", [], {**good, "headers": good["headers"] + unbranded}, answer(scheme))
    other = [unbranded[0], [unbranded[1][0], "1700000001"], unbranded[2]]
    add("both families, different times", ["Ambiguous"], {**good, "headers": good["headers"] + other}, "AMBIGUOUS_INPUT")
    for headers, others, names in [(good["headers"], unbranded, "svix-*"), (unbranded, good["headers"], "webhook-*")]:
        for at, text in [(0, "msg_other"), (1, "1700000001")]:
            name, same = others[at]
            add(f"{names} signed, {name} beside it, equal", [], {**good, "headers": headers + [[name, same]]}, answer(scheme))
            add(f"{names} signed, {name} beside it, different", ["Ambiguous"], {**good, "headers": headers + [[name, text]]}, "AMBIGUOUS_INPUT")
    add("families mixed", ["Missing"], {**good, "headers": unbranded[:2] + good["headers"][2:]}, "MISSING_HEADER")


def stripe(scheme, add, answer, **_):
    good = scheme.request()
    text = good["headers"][0][1]
    time, signature = text.split(",")
    head = lambda text: with_headers(good, Stripe_Signature=text)
    add("good v1 last", ["List"], head(f"{time},v1={ZERO},{signature}"), answer(scheme))
    add("good v1 first", ["List"], head(f"{time},{signature},v1={ZERO}"), answer(scheme))
    add("unreadable v1 beside the good one", ["List"], head(f"{time},v1=zz,{signature}"), answer(scheme))
    add("element without sign", ["List"], head(f"{time},junk,{signature}"), answer(scheme))
    add("time last", ["List"], head(f"{signature},{time}"), answer(scheme))
    add("decoy v0 with the right MAC", ["Downgrade"], head(f"{time},v0={signature[3:]}"), "NO_SUPPORTED_SIGNATURE")
    add("two times", ["Ambiguous"], head(f"t=1,{text}"), "AMBIGUOUS_INPUT")
    add("the same time twice", ["Ambiguous"], head(f"{time},{text}"), "AMBIGUOUS_INPUT")
    add("API key as secret", ["Secret"], good, "INVALID_SECRET", keys=["sk_" + "test_1"])
    add("upper case hex", ["Malleable"], head(f"{time},v1={signature[3:].upper()}"), answer(scheme))
    add("seventeen signatures", ["Limit"], head(",".join([time] + [f"v1={ZERO}"] * 16 + [signature])), "MALFORMED_HEADER")
    ring = [scheme.other, scheme.secret]
    rolled = "v1=" + mac(scheme.other.encode(), time[2:].encode() + b"." + good["body"]).hex()
    add("signed with both keys of a rotation", ["Rotation"], head(f"{time},{rolled},{signature}"), answer(scheme, "k1", scheme.other), keys=ring)
    add("the first signature struck out: still the same message", ["Malleable"], head(f"{time},{signature}"),
        answer(scheme, "k2", scheme.other), keys=ring)


def paddle(scheme, add, answer, **_):
    good = scheme.request()
    time, signature = good["headers"][0][1].split(";")
    head = lambda text: with_headers(good, Paddle_Signature=text)
    add("good h1 first", ["List"], head(f"{time};{signature};h1={ZERO}"), answer(scheme))
    add("unknown h2", ["List"], head(f"{time};{signature};h2=RANDOM"), answer(scheme))
    add("commas in place of semicolons", ["MalformedSignature"], head(f"{time},{signature}"), "NO_SUPPORTED_SIGNATURE")


def github(scheme, add, answer, **_):
    good = scheme.request()
    digits = good["headers"][0][1][7:]
    head = lambda text: with_headers(good, X_Hub_Signature_256=text)
    sha1 = "sha1=" + mac(scheme.secret.encode(), BODY, "sha1").hex()
    add("SHA-1 in the header of SHA-256", ["Downgrade"], head(sha1), "NO_SUPPORTED_SIGNATURE")
    add("only the old header", ["Downgrade"], {**good, "headers": [["X-Hub-Signature", sha1]]}, "MISSING_HEADER")
    add("no prefix", ["MalformedSignature"], head(digits), "MALFORMED_SIGNATURE")
    add("prefix in upper case", ["MalformedSignature"], head("SHA256=" + digits), "NO_SUPPORTED_SIGNATURE")
    add("not hex", ["MalformedSignature"], head("sha256=zz"), "MALFORMED_SIGNATURE")
    add("one byte", ["MalformedSignature"], head("sha256=" + digits[:2]), "MALFORMED_SIGNATURE")
    add("twice as long", ["MalformedSignature"], head("sha256=" + digits * 2), "MALFORMED_SIGNATURE")
    add("hyphens between", ["MalformedSignature"], head("sha256=" + "-".join(digits[at : at + 2] for at in range(0, 64, 2))), "MALFORMED_SIGNATURE")
    add("upper case hex", ["Malleable"], head("sha256=" + digits.upper()), answer(scheme))
    add("two signatures: the scheme has one", ["MalformedSignature"], head(f"sha256={digits},sha256={digits}"), "MALFORMED_SIGNATURE")
    blank = with_headers(good, X_Hub_Signature_256=f" sha256={digits}\t")
    add("white space around the value", [], blank, answer(scheme))
    add("body in another character set", ["RawBody"], {**good, "body": BODY.decode().replace("☃", "").encode("latin-1")}, "SIGNATURE_MISMATCH")


def slack(scheme, add, answer, **_):
    good = scheme.request()
    digits = good["headers"][0][1][3:]
    add("unknown version", ["Downgrade"], with_headers(good, X_Slack_Signature="v1=" + digits), "NO_SUPPORTED_SIGNATURE")
    undefined = mac(scheme.secret.encode(), b"v0:undefined:" + BODY).hex()
    add("signed over the text undefined", ["Missing"], {**good, "headers": [["X-Slack-Signature", "v0=" + undefined]]}, "MISSING_HEADER")
    add("bot token as secret", ["Secret"], good, "INVALID_SECRET", keys=["xoxb-" + "test"])


def zendesk(scheme, add, answer, **_):
    for comment, text in [("fraction of nine digits", "2023-11-14T22:13:20.000000000Z"), ("offset", "2023-11-15T00:13:20+02:00")]:
        good = {"headers": [["X-Zendesk-Webhook-Signature", b64(mac(scheme.secret.encode(), text.encode() + BODY))],
                            ["X-Zendesk-Webhook-Signature-Timestamp", text]], "body": BODY}
        add(f"time with {comment}", ["TimeText"], good, answer(scheme, replay_key=key_of(scheme, good)))
    for text in ["2023-11-14t22:13:20Z", "2023-11-14 22:13:20Z", "2023-11-14T22:13:20", "2023-11-14T22:13:20.Z", "2023-02-30T22:13:20Z", "2023-11-14T22:13:60Z",
                 "1969-12-31T23:59:59Z", "2023-11-14T22:13:20+0000", "1700000000"]:
        good = {"headers": [["X-Zendesk-Webhook-Signature", b64(mac(scheme.secret.encode(), text.encode() + BODY))],
                            ["X-Zendesk-Webhook-Signature-Timestamp", text]], "body": BODY}
        add(f"time as {text}", ["TimeText"], good, "MALFORMED_TIMESTAMP")


def key_of(scheme, request):
    """Replay key of a request whose MAC is the base64 of its first header, or else the hex digits at the end of its query."""
    tag = base64.b64decode(request["headers"][0][1]) if request["headers"] else bytes.fromhex(request["query"].rpartition("=")[2])
    fields = [b"countermark webhook", scheme.id.encode(), b"mac", tag]
    return hashlib.sha256(b"".join(len(field).to_bytes(8, "big") + field for field in fields)).hexdigest()


def twitch(scheme, add, answer, **_):
    body = b'{"created_at":"2023-11-14T22:13:25Z","forged":1}'
    content = TWITCH_ID + rfc3339(NOW) + body.decode()
    tag = "sha256=" + mac(scheme.secret.encode(), content.encode()).hex()
    at = content.index("2023-11-14T22:13:25Z")
    request = {"headers": [["Twitch-Eventsub-Message-Id", content[:at]], ["Twitch-Eventsub-Message-Timestamp", "2023-11-14T22:13:25Z"],
                           ["Twitch-Eventsub-Message-Signature", tag]], "body": content[at + 20 :].encode()}
    add("body split at another time", ["Boundary"], request, "MALFORMED_HEADER")
    # What Twitch sends of late: 32 bytes in base64url, with their padding.
    padded = "jfYtFRGrher-4dnd-WeRXeq6vDhGkrWYDF3JkT_iX0k="
    tag = "sha256=" + mac(scheme.secret.encode(), (padded + rfc3339(NOW)).encode() + BODY).hex()
    request = with_headers(scheme.request(), Twitch_Eventsub_Message_Id=padded, Twitch_Eventsub_Message_Signature=tag)
    parts = [b"countermark webhook", b"twitch", b"id", padded.encode()]
    key = hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hexdigest()
    add("message id in base64url with padding", ["Boundary"], request, answer(scheme, message_id=padded, replay_key=key))


def moved_digit(scheme, add, sign, time_header, signature_header):
    """A digit of the time moved into the body: the signed bytes are the same."""
    body = b"0" + BODY
    request = {"headers": [[time_header, "170000000"], [signature_header, sign(b"170000000" + body)]], "body": body}
    add("last digit of the time moved into the body", ["Boundary"], request, "MALFORMED_TIMESTAMP", check_time=False)


def sendgrid(scheme, add, answer, **_):
    key = scheme.signed_by(scheme.secret)
    moved_digit(scheme, add, lambda text: b64(asym.p256_sign(key, text)), "X-Twilio-Email-Event-Webhook-Timestamp", "X-Twilio-Email-Event-Webhook-Signature")
    good = scheme.request()
    signature = base64.b64decode(good["headers"][0][1])
    head = lambda data: with_headers(good, X_Twilio_Email_Event_Webhook_Signature=b64(data))
    add("the other signature of the same message", ["Malleable"], head(asym.p256_other_s(signature)), answer(scheme))
    add("bytes behind the DER", ["MalformedSignature"], head(signature + b"\0"), "SIGNATURE_MISMATCH")
    add("r and s zero", ["Tampered"], head(bytes.fromhex("3006020100020100")), "SIGNATURE_MISMATCH")
    add("body without its last CR LF", ["RawBody"], {**good, "body": BODY}, "SIGNATURE_MISMATCH")
    add("no public key", ["Secret"], good, "INVALID_SECRET", keys=[b64(b"not a key")])


def discord(scheme, add, answer, **_):
    moved_digit(scheme, add, lambda text: asym.ed25519_sign(ED_SEED, text).hex(), "X-Signature-Timestamp", "X-Signature-Ed25519")
    good = scheme.request()
    signature = bytes.fromhex(good["headers"][0][1])
    large = signature[:32] + (int.from_bytes(signature[32:], "little") + asym.L).to_bytes(32, "little")
    add("S not reduced", ["Malleable"], with_headers(good, X_Signature_Ed25519=large.hex()), "SIGNATURE_MISMATCH")
    add("all zero", ["Tampered"], with_headers(good, X_Signature_Ed25519="00" * 64), "SIGNATURE_MISMATCH")
    add("weak public key", ["Secret"], good, "INVALID_SECRET", keys=["01" + "00" * 31])
    add("private key where the public one belongs", ["Secret"], good, "INVALID_SECRET",
        keys=[{"id": "k1", "secret": ED_SEED.hex(), "encoding": "ed25519_seed_hex"}])


def cloudinary(scheme, add, answer, **_):
    good = scheme.request()
    tag = sha(BODY + seconds(NOW).encode() + scheme.secret.encode())
    ok = answer(scheme)
    ok["replay_key"] = key_of(scheme, {"headers": [["", b64(tag)]]})
    add("SHA-256", [], with_headers(good, X_Cld_Signature=tag.hex()), ok)
    add("MD5", ["Downgrade"], with_headers(good, X_Cld_Signature=sha(BODY, "md5").hex()), "MALFORMED_SIGNATURE")
    moved = {"headers": [["X-Cld-Timestamp", "700000000"], ["X-Cld-Signature", sha(BODY + b"1700000000" + scheme.secret.encode(), "sha1").hex()]],
             "body": BODY + b"1"}
    add("first digit of the time moved into the body", ["Boundary"], moved, "MALFORMED_TIMESTAMP", check_time=False)
    collision(scheme, add, answer)


def box(scheme, add, answer, **_):
    good = scheme.request()
    second = [[name.replace("Primary", "Secondary"), value] for name, value in good["headers"]]
    add("secondary signature only", ["Rotation"], {**good, "headers": second}, answer(scheme))
    both = second + [["Box-Signature-Primary", b64(bytes(32))]]
    add("primary wrong, secondary good", ["Rotation"], {**good, "headers": both}, answer(scheme))
    add("other signature version", ["Downgrade"], with_headers(good, Box_Signature_Version="2"), "NO_SUPPORTED_SIGNATURE")
    add("other algorithm", ["Downgrade"], with_headers(good, Box_Signature_Algorithm="none"), "NO_SUPPORTED_SIGNATURE")


def hubspot_v1(scheme, add, answer, **_):
    good = scheme.request()
    add("version stated", [], with_headers(good, X_HubSpot_Signature_Version="v1"), answer(scheme))
    add("another version stated", ["Downgrade"], with_headers(good, X_HubSpot_Signature_Version="v2"), "NO_SUPPORTED_SIGNATURE")


def hubspot_v3(scheme, add, answer, **_):
    def signed(query, seen):
        tag = mac(scheme.secret.encode(), b"POST" + f"{URL}?{query}".encode() + BODY + millis(NOW).encode())
        return with_headers({**scheme.request(), "url": f"{URL}?{seen}"}, X_HubSpot_Signature_v3=b64(tag))

    # The page's table: twelve, of which none separates parameters.
    twelve = ":/?@!$'()*,;"
    request = signed(f"to={twelve}%20d", "to=" + "".join(f"%{ord(one):02X}" for one in twelve) + "%20d")
    add("escapes that are decoded before signing", [], request, answer(scheme, replay_key=key_of(scheme, request)))
    request = signed("to=%2B%26%3D%22%3C%3E%60%25", "to=%2B%26%3D%22%3C%3E%60%25")
    add("escapes that are not", [], request, answer(scheme, replay_key=key_of(scheme, request)))
    add("two parameters made one", ["Tampered"], signed("portalId=1&userId=7", "portalId=1%26userId=7"), "SIGNATURE_MISMATCH")
    add("another method", ["Tampered"], {**scheme.request(), "method": "PUT"}, "SIGNATURE_MISMATCH")


def twilio(scheme, add, answer, **_):
    def signed(url, body=FORM, seen=None, name="sha1"):
        tag = mac(scheme.secret.encode(), twilio_content(url, body), name)
        return {"headers": [["X-Twilio-Signature", b64(tag)]], "url": seen or url, "body": body}

    def good(comment, flags, request):
        add(comment, flags, request, answer(scheme, replay_key=key_of(scheme, request)))

    good("signed with a shared key: SHA-256", [], signed(URL, name="sha256"))
    good("signed with port 443", [], signed("https://hooks.example:443/in", seen=URL))
    good("signed with port 80", [], signed("http://hooks.example:80/in", seen="http://hooks.example/in"))
    good("port of the receiver not signed", [], signed(URL, seen="https://hooks.example:8443/in"))
    good("IPv6 address with port", [], signed("https://[::1]:8443/x"))
    good("IPv6 address, signed with port 443", [], signed("https://[2001:db8::1]:443/x", seen="https://[2001:db8::1]/x"))
    good("IPv6 address, port of the receiver not signed", [], signed("https://[::1]/x", seen="https://[::1]:8443/x"))
    good("IPv6 address after a user", [], signed("https://u:p@[::1]/x", seen="https://u:p@[::1]:8443/x"))
    add("another IPv6 address, whose end reads like a port", ["Context"], signed("https://[2001:db8::443]/x", seen="https://[2001:db8:]/x"), "SIGNATURE_MISMATCH")
    good("repeated names and values", [], signed(URL, b"Digits=5&Digits=1&Digits=1&A=2"))
    good("names sorted by bytes", [], signed(URL, b"b=1&B=2&a=3&%C3%A4=4"))
    good("escapes in some pairs only", [], signed(URL, b"A=1%26B%3d&B=2+3&C=plain&D=%2B&E=x=y"))
    good("one value in two spellings", [], signed(URL, b"A=%31&A=1"))
    good("the form signed, its escape then written in lower case: the same message", ["Malleable"], {**signed(URL, b"=%2B&"), "body": b"=%2b&"})
    add("http in place of https", ["Context"], signed(URL, seen="http://hooks.example/in"), "SIGNATURE_MISMATCH")
    add("another path", ["Tampered"], signed(URL, seen=URL + "/x"), "SIGNATURE_MISMATCH")
    moved = {**signed(URL, b"Digits=1234"), "body": b"Digits1=234"}
    add("name and value moved: the scheme cannot tell", ["Boundary", "NotCovered"], moved, answer(scheme, replay_key=key_of(scheme, moved)))
    add("broken percent-escape", ["RawBody"], signed(URL, b"A=%zz"), "INVALID_ENCODING")
    add("1001 parameters", ["Limit"], signed(URL, b"&".join(b"a%d=" % n for n in range(1001))), "TOO_LARGE")
    body = b'{"a":1}'
    url = URL + "?bodySHA256=" + sha(body).hex()
    json_request = {**signed(url, b""), "body": body}
    good("JSON body bound by its hash", [], json_request)
    add("JSON body changed", ["Tampered"], {**json_request, "body": b'{"a":2}'}, "BODY_HASH_MISMATCH")
    add("hash in the URL cut", ["Tampered"], {**signed(url[:-2], b""), "body": body}, "BODY_HASH_MISMATCH")
    add("two hashes in the URL", ["Ambiguous"], {**signed(url + "&bodySHA256=00", b""), "body": body}, "AMBIGUOUS_INPUT")
    add("form swapped for a body without hash", ["Tampered"], {**signed(URL, b""), "body": body}, "SIGNATURE_MISMATCH")


def plivo_v2(scheme, add, answer, **_):
    good = scheme.request()
    add("no nonce", ["Missing"], with_headers(good, X_Plivo_Signature_V2_Nonce=None), "MISSING_HEADER")
    add("part of the path moved into the nonce", ["Boundary"],
        with_headers({**good, "url": "https://hooks.example"}, X_Plivo_Signature_V2_Nonce="/in8675309"), "MALFORMED_HEADER")
    add("another path", ["Tampered"], {**good, "url": URL + "x"}, "SIGNATURE_MISMATCH")


def docusign(scheme, add, answer, **_):
    good = scheme.request()
    text = good["headers"][0][1]
    wrong = ["X-DocuSign-Signature-1", b64(bytes(32))]
    add("good signature in the second header", ["Rotation"], {**good, "headers": [wrong, ["X-DocuSign-Signature-2", text]]}, answer(scheme))
    many = [[f"X-DocuSign-Signature-{at}", wrong[1]] for at in range(2, 18)]
    add("sixteen headers", ["Limit"], {**good, "headers": many[:15] + good["headers"]}, answer(scheme))
    add("seventeen headers", ["Limit"], {**good, "headers": many + good["headers"]}, "MALFORMED_HEADER")
    add("the seventeenth header is empty", ["Limit"], {**good, "headers": good["headers"] + many[:15] + [["X-DocuSign-Signature-99", ""]]}, "MALFORMED_HEADER")
    add("one header many times", ["Limit"], {**good, "headers": good["headers"] * 40}, answer(scheme))
    add("second header empty, then not", ["Ambiguous"], {**good, "headers": good["headers"] + [["X-DocuSign-Signature-2", ""], many[0]]}, "AMBIGUOUS_INPUT")
    add("header with number 01", ["Missing"], {**good, "headers": [["X-DocuSign-Signature-01", text]]}, "MISSING_HEADER")


def xsolla(scheme, add, answer, **_):
    good = scheme.request()
    add("another authorization scheme", ["Downgrade"], with_headers(good, Authorization="Bearer abc"), "NO_SUPPORTED_SIGNATURE")
    collision(scheme, add, answer)


def half_an_emoji(request):
    """As `JSON.stringify` writes a text that was cut in the middle of an emoji."""
    return {**request, "body": request["body"].replace(b"EMOJI", b"\\ud83d")}


def topics(header):
    """A sender that sends the same bytes for two events. `header` says which, and is not signed."""

    def trap(scheme, add, answer, **_):
        good = scheme.request()
        tag = base64.b64decode(good["headers"][0][1])
        for topic in ("order.created", "order.updated"):
            told_apart = hashlib.sha256(tag + topic.encode()).digest()
            fields = [b"countermark webhook", scheme.id.encode(), b"mac", told_apart]
            key = hashlib.sha256(b"".join(len(field).to_bytes(8, "big") + field for field in fields)).hexdigest()
            add(f"the topic {topic}: the same bytes are another event", ["Topic"], {**good, "headers": good["headers"] + [[header, topic]]},
                answer(scheme, replay_key=key))
            add(f"the topic {topic} in capitals is the same", ["Topic"], {**good, "headers": good["headers"] + [[header, topic.upper()]]},
                answer(scheme, replay_key=key))
        add("two topics", ["Ambiguous"], {**good, "headers": good["headers"] + [[header, "a"], [header, "b"]]}, "AMBIGUOUS_INPUT")
        for text in ("order.created;1", "order created", "x" * 257):
            add(f"no topic: {text[:20]}", ["Topic"], {**good, "headers": good["headers"] + [[header, text]]}, "MALFORMED_HEADER")
        add("two topics, and another secret", ["Ambiguous"], {**good, "headers": good["headers"] + [[header, "a"], [header, "b"]]}, "AMBIGUOUS_INPUT",
            keys=[scheme.other])
        add("no topic, and another secret", ["Topic"], {**good, "headers": good["headers"] + [[header, "a, b"]]}, "MALFORMED_HEADER", keys=[scheme.other])

    return trap


def shopify(scheme, add, answer, **_):
    topics("X-Shopify-Topic")(scheme, add, answer)
    both = scheme.request()
    both["headers"] += [["X-Shopify-Topic", "orders/create"], ["shopify-topic", "orders/paid"]]
    add("two topics under two names", ["Ambiguous"], both, "AMBIGUOUS_INPUT")
    good = scheme.request()
    text = good["headers"][0][1]
    add("new header name", [], {**good, "headers": [["shopify-hmac-sha256", text]]}, answer(scheme))
    add("both names, different", ["Ambiguous"], {**good, "headers": good["headers"] + [["shopify-hmac-sha256", b64(bytes(32))]]}, "AMBIGUOUS_INPUT")
    add("access token as secret", ["Secret"], good, "INVALID_SECRET", keys=["shpat_" + "test"])


def lists(scheme, add, answer, **_):
    good = scheme.request()
    name, text = good["headers"][0]
    head = lambda text: {**good, "headers": [[name, text]]}
    add("good signature last", ["List"], head(f"v1={ZERO},{text}"), answer(scheme))
    add("good signature first, space after the comma", ["List"], head(f"{text}, v1={ZERO}"), answer(scheme))
    add("another version beside", ["List"], head(f"v2={ZERO},{text}"), answer(scheme))
    add("only another version", ["Downgrade"], head(f"v2={ZERO}"), "NO_SUPPORTED_SIGNATURE")


def linear(scheme, add, answer, **_):
    good = scheme.request()
    add("at the end of its age", ["Time"], good, answer(scheme), now=NOW + 60_000)
    add("one millisecond too old", ["Time"], good, "TIMESTAMP_TOO_OLD", now=NOW + 60_001)
    add("one millisecond too far ahead", ["Time"], good, "TIMESTAMP_TOO_NEW", now=NOW - 60_001)
    add("a year old, check switched off", ["Time"], good, answer(scheme), now=NOW + 31_536_000_000, check_time=False)
    add("no time in the body", ["Time"], scheme.request(body=b'{"a":1}'), "MALFORMED_TIMESTAMP")
    add("time as other text", ["TimeText"], scheme.request(body=b'{"webhookTimestamp":"soon"}'), "MALFORMED_TIMESTAMP")
    add("time as a float", ["TimeText"], scheme.request(body=b'{"webhookTimestamp":1.7e12}'), "MALFORMED_TIMESTAMP")
    add("signed body that is no JSON", ["RawBody"], scheme.request(body=b"{"), "MALFORMED_BODY")
    emoji = b'{"title":"cut \\ud83d","webhookTimestamp":%d}' % NOW
    add("a title that was cut in the middle of an emoji", ["RawBody"], scheme.request(body=emoji), answer(scheme, body=emoji))
    time = b'{"webhookTimestamp":"%d\\ud83d"}' % NOW
    add("half an emoji in the time", ["TimeText"], scheme.request(body=time), "MALFORMED_TIMESTAMP")
    add("time twice", ["Ambiguous"], scheme.request(body=b'{"webhookTimestamp":%d,"webhookTimestamp":1}' % NOW), "MALFORMED_BODY")


def shopify_app_proxy(scheme, add, answer, **_):
    good = scheme.request()
    query = good["query"]
    signature = query.split("signature=")[1]
    folded = f"extra=1%2C2logged_in_customer_id%3Dpath_prefix%3D%2Fapps%2Fx&shop=a.myshopify.com&timestamp={seconds(NOW)}&signature={signature}"
    add("parameter folded into another: same signed bytes", ["Boundary"], {**good, "query": folded}, "MISSING_PARAMETER")
    named = query.replace("extra=1&extra=2", "extra%3D1%2C2logged_in_customer_id=").replace("&logged_in_customer_id=", "")
    add("parameter folded into the name of the next: same signed bytes", ["Boundary"], {**good, "query": named}, "AMBIGUOUS_INPUT")
    add("values joined beforehand: the scheme cannot tell", ["Boundary", "NotCovered"], {**good, "query": query.replace("extra=1&extra=2", "extra=1%2C2")},
        answer(scheme))
    add("shop twice", ["Ambiguous"], {**good, "query": query.replace("shop=", "shop=b.myshopify.com&shop=")}, "AMBIGUOUS_INPUT")
    add("other order", [], {**good, "query": f"signature={signature}&" + query.split("&signature")[0]}, answer(scheme))

    own = f"path_prefix=%2Fapps%2Fx&shop=a.myshopify.com&timestamp={seconds(NOW)}"

    def shopper(query):
        """What Shopify sends for the query of a shopper, with its own parameters."""
        given = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            given.setdefault(name, []).append(value)
        text = "".join(f"{name}=" + ",".join(values) for name, values in sorted(given.items()))
        return {**good, "query": f"{query}&signature={mac(scheme.secret.encode(), text.encode()).hex()}"}

    captured = shopper(f"e=1logged_in_customer_id%3D5m%3D&logged_in_customer_id=&{own}")
    add("a shopper writes the name of the customer into a value", ["Boundary"], captured, "AMBIGUOUS_INPUT")
    forged = f"e=1&logged_in_customer_id=5&m=logged_in_customer_id%3D&{own}&" + captured["query"].split("&")[-1]
    add("the same signed bytes, read as another customer", ["Boundary"], {**good, "query": forged}, "AMBIGUOUS_INPUT")
    longer = f"e=1&logged_in_customer_id=5m%3Dlogged_in_customer_id%3D&{own}&" + captured["query"].split("&")[-1]
    add("the same signed bytes, all of them the customer", ["Boundary"], {**good, "query": longer}, "AMBIGUOUS_INPUT")
    for late in ("u_timestamp", "zz=timestamp"):
        request = shopper(f"logged_in_customer_id=&{own}&{late.replace('=', '=1')}=1700009999")
        add(f"another time in {late!r}", ["Boundary"], request, "AMBIGUOUS_INPUT")
    add("another shop, with a name behind it", ["Boundary"], shopper(f"logged_in_customer_id=&{own}&pet_shop=z"), "AMBIGUOUS_INPUT")
    for name in ("workshop", "my_timestamp", "my_shop", "customer_id", "shops", "a=shop", "start_timestamp", "pet_shop", "return_url=/a?shop"):
        add(f"a shopper's parameter {name!r}, which is in nobody's place", ["Boundary"], shopper(f"{name}=3&logged_in_customer_id=5&{own}"), answer(scheme))


def shopify_oauth(scheme, add, answer, **_):
    good = scheme.request()

    def python(query, signed):
        """As the vendor's library for Python writes it, and its servers where there are lists."""
        request = {**good, "query": query + "&hmac=" + mac(scheme.secret.encode(), signed.encode()).hex()}
        return request

    links = f"ids[]=207&ids%5B%5D=208&locale=en&timestamp={seconds(NOW)}"
    request = python(links, f'ids=["207", "208"]&locale=en&timestamp={seconds(NOW)}')
    add("a list, as a bulk action sends it", [], request, answer(scheme, replay_key=key_of(scheme, request)))
    request = python(links.replace("ids[]=207&ids%5B%5D=208", "ids=%5B%22207%22,+%22208%22%5D"), f'ids=["207", "208"]&locale=en&timestamp={seconds(NOW)}')
    add("the text of a list, as one value", ["Boundary"], request, "SIGNATURE_MISMATCH")
    request = python(links.replace("207", "207%22,+%22"), f'ids=["207", "", "208"]&locale=en&timestamp={seconds(NOW)}')
    add("a quote in a list", ["Boundary"], request, "SIGNATURE_MISMATCH")
    request = python(f"state=https://a.example/x+y%25%26%3D&timestamp={seconds(NOW)}", f"state=https://a.example/x y%25%26=&timestamp={seconds(NOW)}")
    add("few characters escaped", [], request, answer(scheme, replay_key=key_of(scheme, request)))
    add("shop twice", ["Ambiguous"], {**good, "query": "shop=b&" + good["query"]}, "AMBIGUOUS_INPUT")
    add("broken percent-escape", ["RawBody"], {**good, "query": good["query"] + "&x=%4"}, "INVALID_ENCODING")


def telegram(scheme, add, answer, **_):
    good = scheme.request()
    add("user twice", ["Ambiguous"], {**good, "query": good["query"] + "&user=%7B%22id%22%3A1%7D"}, "AMBIGUOUS_INPUT")
    lines = good["query"].replace("&user=", "%0Auser%3D")
    add("two parameters joined by a line feed", ["Boundary"], {**good, "query": lines}, "AMBIGUOUS_INPUT")
    moved = good["query"].replace("start_param=a%3Db", "start_param%3Da=b")
    add("start of a value moved into the name: same signed bytes", ["Boundary"], {**good, "query": moved}, "AMBIGUOUS_INPUT")


def bigbluebutton(scheme, add, answer, **_):
    good = scheme.request()
    head, _ = good["query"].split("&checksum=")
    for name in ("sha1", "sha512"):
        tag = sha(f"create{head}{scheme.secret}".encode(), name)
        add(f"checksum of {name}", [], {**good, "query": f"{head}&checksum={tag.hex()}"}, answer(scheme, replay_key=key_of(scheme, {"headers": [["", b64(tag)]]})))
    add("another call", ["Tampered"], {**good, "url": "https://bbb.example/bigbluebutton/api/end"}, "SIGNATURE_MISMATCH")
    add("other order", ["Tampered"], {**good, "query": "meetingID=abc&name=Test+Meeting&" + good["query"].split("&")[-1]}, "SIGNATURE_MISMATCH")


def sentry(scheme, add, answer, **_):
    good = scheme.request()
    text = good["headers"][0][1]
    add("header of requests that wait for an answer", [], {**good, "headers": [["Sentry-App-Signature", text]]}, answer(scheme))


def vonage(scheme, add, answer, **_):
    good = scheme.request()
    text, _, _ = good["query"].rpartition("&sig=")
    signed = "".join(f"&{name}=" + value.translate({38: "_", 61: "_"}) for name, value in sorted(parse_qsl(text)))
    request = {**good, "query": f"{text}&sig=" + mac(scheme.secret.encode(), signed.encode(), "sha512").hex()}
    add("SHA-512", [], request, answer(scheme, replay_key=key_of(scheme, request)))
    add("underscore for & and =: the scheme cannot tell", ["NotCovered"], {**good, "query": good["query"].replace("%26", "_")}, answer(scheme))


def unsigned_parameter(scheme, add, answer, **_):
    good = scheme.request()
    add("parameter added: not signed", ["NotCovered"], {**good, "query": "admin=1&" + good["query"]}, answer(scheme))


def vk(scheme, add, answer, **options):
    unsigned_parameter(scheme, add, answer, **options)
    good = scheme.request()
    add("signed parameter added", ["Tampered"], {**good, "query": "vk_extra=1&" + good["query"]}, "SIGNATURE_MISMATCH")


def paths(scheme, add, answer, **_):
    good = scheme.request()
    add("another picture", ["Tampered"], {**good, "url": good["url"].replace("a.png", "b.png")}, "SIGNATURE_MISMATCH")
    add("query added", ["Tampered"], {**good, "url": good["url"] + "?x=1"}, "SIGNATURE_MISMATCH")
    add("another host: not signed", ["NotCovered"], {**good, "url": good["url"].replace("img.example", "other.example")}, answer(scheme))
    add("no path", ["Missing"], {**good, "url": "https://img.example"}, "MISSING_PARAMETER")
    path = good["url"].removeprefix("https://img.example")
    add("the path alone", [], {**good, "url": path}, answer(scheme))
    add("a path that ends as the signed one does", ["Boundary"], {**good, "url": f"/unsafe/b.png?x=://a{path}"}, "MALFORMED_SIGNATURE")


def mailgun(scheme, add, answer, put_at, **_):
    good = scheme.request()
    add("event data changed: not signed", ["NotCovered"], put_at(scheme, good, ("json", ["event-data"]), {"event": "forged"}), answer(scheme))
    add("a subject that was cut in the middle of an emoji: not signed", ["NotCovered"],
        half_an_emoji(put_at(scheme, good, ("json", ["event-data"]), {"subject": "cut EMOJI"})), answer(scheme))
    add("half an emoji in the token", ["RawBody"], half_an_emoji(put_at(scheme, good, ("json", ["signature", "token"]), "EMOJI" * 10)), "MISSING_PARAMETER")
    add("another token", ["Tampered"], put_at(scheme, good, ("json", ["signature", "token"]), "0" * 50), "SIGNATURE_MISMATCH")
    add("no token", ["Missing"], put_at(scheme, good, ("json", ["signature", "token"]), None), "MISSING_PARAMETER")
    signature = mac(scheme.secret.encode(), (seconds(NOW) + MAILGUN_TOKEN).encode()).hex()
    moved = {"signature": {"timestamp": "170000000", "token": "0" + MAILGUN_TOKEN, "signature": signature}}
    add("last digit of the time moved into the token", ["Boundary"], {**good, "body": json.dumps(moved).encode()}, "MALFORMED_TIMESTAMP", check_time=False)
    form = f"timestamp={seconds(NOW)}&token={MAILGUN_TOKEN}&signature={signature}&event=opened"
    add("old form post", [], {**good, "body": form.encode()}, answer(scheme))
    parts = [("subject", "timestamp"), ("timestamp", seconds(NOW)), ("token", MAILGUN_TOKEN), ("signature", signature)]
    field = lambda name, text: f'--x.y\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
    file = '--x.y\r\nContent-Type: text/plain\r\ncontent-disposition: form-data; filename="a\\"; name=\\"token"; name="token"\r\n\r\n\r\n--x.yz\r\n'
    multipart = lambda *more: {**good, "body": ("".join([file + "\r\n", *(field(*part) for part in [*parts, *more])]) + "--x.y--\r\n").encode()}
    add("mail with an attachment: a form in parts", [], multipart(), answer(scheme))
    add("form in parts, token twice", ["Ambiguous"], multipart(("token", "x")), "AMBIGUOUS_INPUT")
    add("form in parts that does not end", ["RawBody"], {**good, "body": multipart()["body"][:-6]}, "MALFORMED_BODY")
    add("form of 1001 parts", ["Limit"], multipart(*[("a", "b")] * 997), "TOO_LARGE")
    parts.pop()
    add("form in parts without signature", ["Missing"], multipart(), "MISSING_PARAMETER")
    add("token twice in the form", ["Ambiguous"], {**good, "body": form.encode() + b"&token=x"}, "AMBIGUOUS_INPUT")
    add("signature object twice", ["Ambiguous"], {**good, "body": b'{"signature":{},' + good["body"][1:]}, "MALFORMED_BODY")
    add("no JSON", ["RawBody"], {**good, "body": b"{"}, "MALFORMED_BODY")
    add("empty body", ["Missing"], {**good, "body": b""}, "MISSING_PARAMETER")


def adyen_item(scheme, add, answer, **_):
    def item(**changes):
        item = json.loads(json.dumps({**ADYEN_ITEM, **changes}))
        item["additionalData"]["hmacSignature"] = b64(mac(hex_key(scheme.secret), adyen_signed(ADYEN_ITEM)))
        return item

    batch = lambda *items: {"headers": [], "body": json.dumps({"notificationItems": [{"NotificationRequestItem": one} for one in items]}).encode()}
    bare = lambda one: {"headers": [], "body": json.dumps(one).encode()}
    add("one item without batch", [], bare(item()), answer(scheme))
    add("half an emoji in a field that is not signed", ["NotCovered"], half_an_emoji(bare(item(additionalData={"hmacSignature": "", "shopperName": "EMOJI"}))), answer(scheme))
    add("half an emoji in a signed field", ["RawBody"], half_an_emoji(bare(item(merchantReference="EMOJI"))), "MALFORMED_BODY")
    add("second item forged", ["Tampered"], batch(item(), item(amount={"value": 999999, "currency": "EUR"})), "SIGNATURE_MISMATCH")
    unsigned = item()
    del unsigned["additionalData"]["hmacSignature"]
    add("two items: each could come in another batch again", ["Ambiguous"], batch(item(), item()), "AMBIGUOUS_INPUT")
    add("second item without signature", ["Missing"], batch(item(), unsigned), "MISSING_PARAMETER")
    add("amount changed", ["Tampered"], batch(item(amount={"value": 1131, "currency": "EUR"})), "SIGNATURE_MISMATCH")
    add("success changed", ["Tampered"], batch(item(success="false")), "SIGNATURE_MISMATCH")
    add("reason changed: not signed", ["NotCovered"], batch(item(reason="forged")), answer(scheme))
    add("colon moved between fields: the scheme cannot tell", ["Boundary", "NotCovered"],
        bare(item(merchantAccountCode="TestMerchant:order", merchantReference="1/a\\b")), answer(scheme))
    add("empty batch", ["Missing"], batch(), "MALFORMED_BODY")
    add("65 items", ["Limit"], batch(*[item()] * 65), "TOO_LARGE")
    add("no JSON", ["RawBody"], bare("x") | {"body": b"<xml/>"}, "MALFORMED_BODY")
    add("a field that is a list", ["RawBody"], batch(item(eventCode=[])), "MALFORMED_BODY")
    add("key that is not hex", ["Secret"], bare(item()), "INVALID_SECRET", keys=["not hex"])


def token(scheme, add, answer, **_):
    good = scheme.request()
    name = good["headers"][0][0]
    add("longer token", ["WrongKey"], {**good, "headers": [[name, scheme.secret + "1"]]}, "SIGNATURE_MISMATCH")
    add("token in another case", ["WrongKey"], {**good, "headers": [[name, scheme.secret.upper()]]}, "SIGNATURE_MISMATCH")


def paypal(scheme, add, answer, **_):
    good = scheme.request()
    for comment, url in [("another host", "https://paypal.example/cert"), ("http", "http://api.paypal.com/cert"),
                         ("a user part", "https://api.paypal.com@evil.example/cert"), ("a longer host", "https://api.paypal.com.evil.example/cert"),
                         ("a port", "https://api.paypal.com:8443/cert"), ("a backslash", "https://evil.example\\api.paypal.com/cert")]:
        add(f"certificate URL with {comment}", ["Downgrade"], with_headers(good, PAYPAL_CERT_URL=url), "NO_SUPPORTED_SIGNATURE")
    add("no certificate URL", ["Missing"], with_headers(good, PAYPAL_CERT_URL=None), "MISSING_HEADER")
    add("another algorithm", ["Downgrade"], with_headers(good, PAYPAL_AUTH_ALGO="SHA1withRSA"), "NO_SUPPORTED_SIGNATURE")
    small = "WH-TEST-1:" + (KEYS / "rsa_1024_certificate.pem").read_text().strip()
    add("certificate with a key of 1024 bit", ["Secret"], good, "INVALID_SECRET", keys=[small])
    add("certificate without webhook id", ["Secret"], good, "INVALID_SECRET", keys=[RSA_CERTIFICATE.strip()])
    add("certificate of the issuer behind it", ["Secret"], good, answer(scheme), keys=[scheme.secret + "\n" + RSA_CERTIFICATE])
    add("line breaks of an environment file", ["Secret"], good, answer(scheme), keys=[scheme.secret.replace("\n", "\\n")])


TRAPS = {
    "standard-webhooks": standard_webhooks, "svix": svix, "stripe": stripe, "paddle": paddle, "github": github, "slack": slack, "zendesk": zendesk,
    "twitch": twitch, "sendgrid": sendgrid, "discord": discord, "cloudinary": cloudinary, "box": box, "hubspot-v1": hubspot_v1, "hubspot-v3": hubspot_v3,
    "twilio": twilio, "plivo-v2": plivo_v2, "docusign": docusign, "xsolla": xsolla, "shopify": shopify, "woocommerce": topics("X-WC-Webhook-Topic"), "circleci": lists, "pagerduty": lists,
    "linear": linear, "shopify-app-proxy": shopify_app_proxy, "shopify-oauth": shopify_oauth, "telegram-webapp": telegram,
    "telegram-webapp-ed25519": telegram, "bigbluebutton": bigbluebutton, "vonage-signature": vonage, "sentry": sentry, "discourse-connect": unsigned_parameter,
    "wechat-server": unsigned_parameter, "wechat-miniprogram": unsigned_parameter, "vk-launch-params": vk, "imgproxy": paths, "thumbor": paths,
    "mailgun": mailgun, "adyen-item": adyen_item, "gitlab-token": token, "telegram-secret-token": token, "okta": token, "paypal": paypal,
}


def add(scheme, group, answer, put_at, get_at):
    if scheme.id in TRAPS:
        TRAPS[scheme.id](scheme, group.add, answer, put_at=put_at, get_at=get_at)


def signing():
    """Signing with several keys, and what signing refuses."""
    body = base64.b64encode(BODY).decode()
    tests = []

    def add(comment, flags, expected, scheme, secrets, **options):
        keys = [secret if isinstance(secret, dict) else {"id": f"k{at}", "secret": secret} for at, secret in enumerate(secrets, 1)]
        test = {"comment": comment, "flags": flags, "request": {"scheme": scheme, "keys": keys, "body_base64": body, "now_ms": NOW, **options}}
        ok = expected if isinstance(expected, dict) else {"headers": expected}
        test.update({"result": "invalid", "error": expected} if isinstance(expected, str) else {"result": "valid", "ok": ok})
        tests.append(test)

    hex_of = lambda secret, text: mac(secret.encode(), text).hex()
    secrets = ["whsec_" + b64(bytes(range(24))), "whsec_" + b64(bytes(range(1, 25)))]
    content = f"msg_1.{seconds(NOW)}.".encode() + BODY
    head = [["webhook-id", "msg_1"], ["webhook-timestamp", seconds(NOW)]]
    v1 = ["v1," + b64(mac(whsec(secret), content)) for secret in secrets]
    add("Standard Webhooks, old and new secret", ["Rotation"], head + [["webhook-signature", " ".join(v1)]], "standard-webhooks", secrets, message_id="msg_1")
    private = {"id": "k2", "secret": "whsk_" + b64(ED_SEED + asym.ed25519_public(ED_SEED)), "encoding": "whsk"}
    v1a = "v1a," + b64(asym.ed25519_sign(ED_SEED, content))
    add("Standard Webhooks, v1 and v1a", ["Rotation"], head + [["webhook-signature", f"{v1[0]} {v1a}"]], "standard-webhooks", [secrets[0], private],
        message_id="msg_1")
    stripe = f"t={seconds(NOW)}" + "".join(",v1=" + hex_of(secret, f"{seconds(NOW)}.".encode() + BODY) for secret in ("test one", "test two"))
    add("Stripe, old and new secret", ["Rotation"], [["Stripe-Signature", stripe]], "stripe", ["test one", "test two"])
    docusign = [[f"X-DocuSign-Signature-{at}", b64(mac(secret.encode(), BODY))] for at, secret in ((1, "test one"), (2, "test two"))]
    add("DocuSign, two keys", ["Rotation"], docusign, "docusign", ["test one", "test two"])
    add("GitHub, two keys: the scheme has room for one", ["Rotation"], "UNSUPPORTED", "github", ["test one", "test two"])
    add("Box, three keys: the scheme has room for two", ["Rotation"], "UNSUPPORTED", "box", ["test one", "test two", "test three"])
    for url in ("", "https://img.example", "https://img.example?width=30"):
        add(f"thumbor, a URL without a path: {url or 'empty'}", ["Context"], "INVALID_INPUT", "thumbor", ["test secret"], url=url)
    add("no message id", ["Context"], "MISSING_CONTEXT", "standard-webhooks", secrets)
    for comment, message_id in [("with a dot", "msg.1"), ("with a line break", "msg\n1"), ("that is empty", ""), ("of 300 bytes", "m" * 300)]:
        add(f"message id {comment}", ["Boundary"], "INVALID_INPUT", "standard-webhooks", secrets, message_id=message_id)
    add("message id that only letters and digits keep apart", ["Boundary"], "INVALID_INPUT", "twitch", ["test secret"], message_id='{"a":1}')
    add("no URL", ["Context"], "MISSING_CONTEXT", "square", ["test secret"])
    add("no nonce", ["Missing"], "MISSING_HEADER", "plivo-v2", ["test secret"], url=URL)
    add("query that is signed already", ["Ambiguous"], "INVALID_INPUT", "telegram-webapp", ["test secret"], query="hash=00")
    add("required parameter missing", ["Missing"], "MISSING_PARAMETER", "shopify-app-proxy", ["test secret"], query="shop=a")
    add("public key", ["Secret"], "INVALID_SECRET", "discord", [{"id": "k1", "secret": public_hex(ED_SEED), "encoding": "ed25519_public_hex"}])
    add("key pair whose halves do not fit", ["Secret"], "INVALID_SECRET", "standard-webhooks",
        [{"id": "k1", "secret": "whsk_" + b64(ED_SEED + bytes(32)), "encoding": "whsk"}], message_id="msg_1")
    # Half an emoji is no text, and must not become something else either.
    item = {**ADYEN_ITEM, "shopperName": "EMOJI", "additionalData": {"cardSummary": ["EMOJI"]}}
    signed = {**item, "additionalData": {**item["additionalData"], "hmacSignature": b64(mac(bytes(range(32)), adyen_signed(item)))}}
    cut = lambda item: base64.b64encode(half_an_emoji({"body": json.dumps(item, separators=(",", ":")).encode()})["body"]).decode()
    add("Adyen, half an emoji in fields that are not signed", ["NotCovered"], {"headers": [], "body_base64": cut(signed)}, "adyen-item", [bytes(range(32)).hex()],
        body_base64=cut(item))
    add("Adyen, half an emoji in a signed field", ["RawBody"], "MALFORMED_BODY", "adyen-item", [bytes(range(32)).hex()],
        body_base64=cut({**item, "merchantReference": "EMOJI"}))
    return {"description": "several keys, and refusals", "request": {"op": "webhook.sign"}, "tests": tests}


def configuration():
    tests = []
    good = {"op": "webhook.verify", "scheme": "github", "headers": [], "body_base64": "", "now_ms": NOW}

    def add(comment, flags, expected, **request):
        tests.append({"comment": comment, "flags": flags, "request": {**good, **request}, "result": "invalid", "error": expected})

    key = {"id": "k1", "secret": "test secret"}
    add("unknown scheme", ["Context"], "UNKNOWN_SCHEME", scheme="no-such-scheme", keys=[key])
    add("scheme id in another case", ["Context"], "UNKNOWN_SCHEME", scheme="GitHub", keys=[key])
    add("no key", ["Secret"], "INVALID_CONFIG", keys=[])
    add("no room for a body", ["Limit"], "INVALID_CONFIG", keys=[key], max_body_bytes=0)
    add("a body longer than the verifier allows", ["Limit"], "TOO_LARGE", keys=[key], max_body_bytes=1, body_base64="e30=")
    add("key without id", ["Secret"], "INVALID_CONFIG", keys=[{**key, "id": ""}])
    add("two keys of one id", ["Secret"], "INVALID_CONFIG", keys=[key, key])
    add("seventeen keys", ["Limit"], "INVALID_CONFIG", keys=[{**key, "id": f"k{at}"} for at in range(17)])
    add("only unusable keys", ["Secret"], "INVALID_SECRET", keys=[{**key, "secret": ""}, {**key, "id": "k2", "secret": " x"}])
    add("public key for a MAC", ["Secret"], "INVALID_SECRET", keys=[{"id": "k1", "secret": public_hex(ED_SEED), "encoding": "ed25519_public_hex"}])
    add("text for a public key", ["Secret"], "INVALID_SECRET", scheme="discord", keys=[{**key, "encoding": "utf8"}])
    add("odd number of hex digits", ["Secret"], "INVALID_SECRET", keys=[{"id": "k1", "secret": "abc", "encoding": "hex"}])
    add("key of two parts where one is needed", ["Secret"], "INVALID_SECRET", keys=[{"id": "k1", "secret": "aa:bb", "encoding": "hexkey:hexsalt"}])
    add("one part where two are needed", ["Secret"], "INVALID_SECRET", scheme="imgproxy", keys=[{"id": "k1", "secret": "aabb"}])
    add("the secret of Zendesk's test requests", ["Secret"], "INVALID_SECRET", scheme="zendesk",
        keys=[{"id": "k1", "secret": "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="}])
    add("empty salt", ["Secret"], "INVALID_SECRET", scheme="imgproxy", keys=[{"id": "k1", "secret": "aabb:"}])
    return {"description": "configurations that must be refused", "request": {}, "tests": tests}


def origins():
    """What a site may be configured with as its own origin: Twilio signs the URL, GitHub does not."""
    tests = []

    def add(comment, flags, scheme, origin, expected=None, error=None):
        request = {"scheme": scheme, "keys": [{"id": "k1", "secret": "test secret"}]} | ({} if origin is None else {"origin": origin})
        outcome = {"result": "invalid", "error": error} if error else {"result": "valid", "ok": {"origin": expected}}
        tests.append({"comment": comment, "flags": flags, "request": request, **outcome})

    add("none, and none is needed", ["Context"], "github", None, "")
    add("none, but the URL is signed", ["Context"], "twilio", None, error="INVALID_CONFIG")
    for text, plain in [
        ("https://hooks.example", "https://hooks.example"),
        ("https://hooks.example/", "https://hooks.example"),
        ("https://Hooks.Example:8443/a/b//", "https://Hooks.Example:8443/a/b"),
        ("http://my_service", "http://my_service"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ]:
        for scheme in ("twilio", "github"):
            add(f"{text} for {scheme}", ["Context"], scheme, text, plain)
    for text in ["", "hooks.example", "HTTPS://hooks.example", "ftp://a.example", "https://", "https:///a", "https://u@a.example", "https://a.example:0",
                 "https://a.example:65536", "https://a.example:", "https://a.example?x", "https://a.example/#x", "https://a.example/a b", "https://a.example\\x",
                 "https://a .example", "https://a.example/\u00e9", " https://a.example"]:
        add(f"no origin: {text!r}", ["Context"], "github", text, error="INVALID_CONFIG")
    add("none, but the URL is signed, if without its query", ["Context"], "plivo-v2", None, error="INVALID_CONFIG")
    for scheme in ("bigbluebutton", "thumbor"):
        add(f"none, and {scheme} signs only what stands behind it", ["Context"], scheme, None, "")
    return {"description": "the origin of a site", "request": {"op": "webhook.site_origin"}, "tests": tests}
