"""How each sender signs, written from its documentation, independently of the library. For `generate.py`.

Each scheme is a function from (secret, body, time in ms) to the request that its sender would make.
"""

import base64
import binascii
import hashlib
import hmac
import json
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

import asymmetric as asym

KEYS = Path(__file__).parent / "keys"
RSA_PKCS8 = base64.b64decode((KEYS / "rsa_pkcs8.b64").read_text())
RSA_CERTIFICATE = (KEYS / "rsa_certificate.pem").read_text()

NOW = 1_700_000_000_000
BODY = '{"id":"evt_1","text":"héllo ☃","n":1}'.encode()
FORM = "From=%2B15550100&To=%2B15550199&Body=Hi+there&Digits=12".encode()
URL = "https://hooks.example/in"


def mac(key, message, name="sha256"):
    return hmac.new(key, message, name).digest()


def sha(message, name="sha256"):
    return hashlib.new(name, message).digest()


def b64(data):
    return base64.b64encode(data).decode()


def b64url(data, padded=False):
    text = base64.urlsafe_b64encode(data).decode()
    return text if padded else text.rstrip("=")


def seconds(ms):
    return str(ms // 1000)


def millis(ms):
    return str(ms)


def rfc3339(ms):
    return datetime.fromtimestamp(ms // 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def whsec(text):
    return base64.b64decode(text.removeprefix("whsec_"))


# The same bytes may mean something new, so a copy is no replay: bodies without id and time, calls, and URLs and data that are used again.
COMES_AGAIN = {
    "dropbox", "xsolla", "twilio", "hubspot-v2", "shopify-app-proxy", "bigbluebutton", "wechat-miniprogram", "google-maps-url", "vk-launch-params",
    "telegram-webapp", "telegram-webapp-ed25519", "imgproxy", "thumbor",
}


class Scheme:
    """What the tests need to know of a scheme, beside how it signs."""

    def __init__(self, id, source, sign, **options):
        self.id, self.source, self.sign = id, source, sign
        self.secret = options.get("secret", f"{id} test secret 1")
        self.other = options.get("other", f"{id} test secret 2")
        self.sign_key = options.get("sign_key")  # (key, encoding) where signing needs a private key
        self.signed_by = options.get("signed_by", lambda secret: secret)
        self.body = options.get("body", BODY)
        self.covers = options.get("covers", ["body"])
        self.place = options["place"]  # ("header", name), ("param", name), ("path",), ("json", path)
        self.form = options.get("form", "hex")  # spelling of the signature
        self.unit = options.get("unit")  # how the time is written, None for no time
        self.time_at = options.get("time_at")  # ("header", name), ("label", text), ("param", name), ("json", path)
        self.age = options.get("age", 300)
        self.future = options.get("future", 300)
        self.id_header = options.get("id_header")
        self.message_id = options.get("message_id")
        self.needs = options.get("needs", [])  # of method, url, query
        self.digest = options.get("digest", "hmac")
        self.identity = options.get("identity")  # canonical MAC bytes of a request, for the replay key
        self.many = options.get("many", False)  # whether the header is a list
        self.comes_again = id in COMES_AGAIN

    def request(self, secret=None, body=None, ms=NOW):
        return self.sign(self.signed_by(secret or self.secret), self.body if body is None else body, ms)


def header_scheme(id, source, header, content, *, name="sha256", form="hex", wrap="{}", key=str.encode, extra=None, **options):
    """HMAC over `content(body, ms)` in one header."""
    spell = {"hex": bytes.hex, "base64": b64, "base64url": b64url}[form]

    def sign(secret, body, ms):
        tag = mac(key(secret), content(body, ms), name)
        headers = [[header, wrap.format(spell(tag), t=options.get("time", seconds)(ms))]]
        return {"headers": headers + (extra(body, ms) if extra else []), "body": body}

    options.setdefault("place", ("header", header))
    identity = lambda secret, body, ms: mac(key(secret), content(body, ms), name)
    return Scheme(id, source, sign, form=form, identity=identity, **options)


def standard(id, prefix, source):
    message_id = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"

    def sign(secret, body, ms):
        tag = mac(whsec(secret), f"{message_id}.{seconds(ms)}.".encode() + body)
        return {
            "headers": [
                [f"{prefix}-id", message_id],
                [f"{prefix}-timestamp", seconds(ms)],
                [f"{prefix}-signature", "v1," + b64(tag)],
            ],
            "body": body,
        }

    return Scheme(
        id, source, sign, secret="whsec_" + b64(b"a secret for tests, 32 bytes xx!"), other="whsec_" + b64(b"another for tests, 24 b."),
        place=("header", f"{prefix}-signature"), form="base64", unit=seconds, time_at=("header", f"{prefix}-timestamp"),
        id_header=f"{prefix}-id", message_id=message_id, covers=["message_id", "timestamp", "body"], many=True,
    )


STANDARD = [
    standard("standard-webhooks", "webhook", "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"),
    standard("svix", "svix", "https://docs.svix.com/receiving/verifying-payloads/how-manual"),
]


def stripe_like(id, header, source, *, label="t", version="v1", form="hex", unit=seconds, separator=",", between=".", age=300, future=None, blank=""):
    return header_scheme(
        id, source, header, lambda body, ms: (unit(ms) + between).encode() + body, form=form,
        wrap=f"{label}={{t}}{separator}{blank}{version}={{}}", time=unit, unit=unit, time_at=("label", f"{label}="),
        age=age, future=age if future is None else future, covers=["timestamp", "body"], many=True,
    )


def timed(id, source, header, time_header, content, covers, *, unit=seconds, age=300, future=300, needs=(), extra=(), key=str.encode, **options):
    return header_scheme(
        id, source, header, content, unit=unit, time_at=("header", time_header), age=age, future=future, covers=covers, needs=list(needs),
        key=key, extra=lambda body, ms: [[time_header, unit(ms)], *map(list, extra)], **options,
    )


TWITCH_ID = "e76c6bd4-55c9-4987-8304-da1588d8988b"


def cloudinary(name):
    def sign(secret, body, ms):
        tag = sha(body + seconds(ms).encode() + secret.encode(), name)
        return {"headers": [["X-Cld-Signature", tag.hex()], ["X-Cld-Timestamp", seconds(ms)]], "body": body}

    return sign


def with_context(scheme, **context):
    """Adds url, method or query to each request of a scheme."""
    sign = scheme.sign
    scheme.sign = lambda secret, body, ms: {**context, **sign(secret, body, ms)}
    return scheme


MESSAGEBIRD_QUERY = "b=2&a=1%20x"
BIRD = "https://docs.bird.com/api/notifications-api/api-reference/webhook-subscriptions/verifying-a-webhook-subscription"

TIMESTAMPED = [
    stripe_like("stripe", "Stripe-Signature", "https://docs.stripe.com/webhooks/signature"),
    timed("slack", "https://docs.slack.dev/authentication/verifying-requests-from-slack", "X-Slack-Signature", "X-Slack-Request-Timestamp",
          lambda body, ms: f"v0:{seconds(ms)}:".encode() + body, ["timestamp", "body"], wrap="v0={}"),
    timed("zoom", "https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events", "x-zm-signature", "x-zm-request-timestamp",
          lambda body, ms: f"v0:{seconds(ms)}:".encode() + body, ["timestamp", "body"], wrap="v0={}"),
    stripe_like("paddle", "Paddle-Signature", "https://developer.paddle.com/webhooks/signature-verification", label="ts", version="h1", separator=";",
                between=":", age=5),
    timed("twitch", "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/#verifying-the-event-message", "Twitch-Eventsub-Message-Signature",
          "Twitch-Eventsub-Message-Timestamp", lambda body, ms: (TWITCH_ID + rfc3339(ms)).encode() + body, ["message_id", "timestamp", "body"],
          wrap="sha256={}", unit=rfc3339, age=600, extra=[("Twitch-Eventsub-Message-Id", TWITCH_ID)], id_header="Twitch-Eventsub-Message-Id",
          message_id=TWITCH_ID),
    timed("zendesk", "https://developer.zendesk.com/documentation/webhooks/verifying/", "X-Zendesk-Webhook-Signature",
          "X-Zendesk-Webhook-Signature-Timestamp", lambda body, ms: rfc3339(ms).encode() + body, ["timestamp", "body"], unit=rfc3339, form="base64"),
    with_context(
        timed("hubspot-v3", "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests", "X-HubSpot-Signature-v3",
              "X-HubSpot-Request-Timestamp", lambda body, ms: b"POST" + URL.encode() + body + millis(ms).encode(),
              ["timestamp", "body", "method", "url"], unit=millis, form="base64", needs=["method", "url"]),
        method="POST", url=URL),
    timed("box", "https://developer.box.com/guides/webhooks/v2/signatures-v2/", "Box-Signature-Primary", "Box-Delivery-Timestamp",
          lambda body, ms: body + rfc3339(ms).encode(), ["timestamp", "body"], unit=rfc3339, form="base64", age=600,
          extra=[("Box-Signature-Version", "1"), ("Box-Signature-Algorithm", "HmacSHA256")]),
    stripe_like("workos", "WorkOS-Signature", "https://workos.com/docs/events/data-syncing/webhooks", unit=millis, age=180, blank=" "),
    stripe_like("sanity", "sanity-webhook-signature", "https://www.sanity.io/docs/content-lake/webhook-best-practices", unit=millis, form="base64url"),
    stripe_like("mux", "Mux-Signature", "https://www.mux.com/docs/core/verify-webhook-signatures"),
    stripe_like("calendly", "Calendly-Webhook-Signature", "https://developer.calendly.com/api-docs/ZG9jOjM2MzE2MDM4-webhook-signatures", age=180),
    stripe_like("elevenlabs", "ElevenLabs-Signature", "https://elevenlabs.io/docs/product-guides/administration/webhooks", version="v0", age=1800, future=300),
    stripe_like("cloudflare-stream", "Webhook-Signature", "https://developers.cloudflare.com/stream/manage-video-library/using-webhooks/", label="time",
                version="sig1"),
    Scheme("cloudinary", "https://cloudinary.com/documentation/notification_signatures", cloudinary("sha1"), place=("header", "X-Cld-Signature"),
           unit=seconds, time_at=("header", "X-Cld-Timestamp"), age=7200, covers=["timestamp", "body"], digest="hash",
           identity=lambda secret, body, ms: sha(body + seconds(ms).encode() + secret.encode(), "sha1")),
    with_context(
        timed("messagebird", "https://developers.messagebird.com/api/#verifying-http-requests", "MessageBird-Signature", "MessageBird-Request-Timestamp",
              lambda body, ms: f"{seconds(ms)}\na=1+x&b=2\n".encode() + sha(body), ["timestamp", "body", "query"], form="base64", needs=["query"]),
        query=MESSAGEBIRD_QUERY),
    with_context(
        timed("bird", BIRD, "messagebird-signature", "messagebird-request-timestamp",
              lambda body, ms: f"{seconds(ms)}\n{URL}\n".encode() + sha(body), ["timestamp", "body", "url"], form="base64", needs=["url"]),
        url=URL),
]


def plain(id, source, header, **options):
    return header_scheme(id, source, header, lambda body, ms: body, **options)


def hex_key(secret):
    return bytes.fromhex(secret)


BODY_ONLY = [
    plain("github", "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries", "X-Hub-Signature-256", wrap="sha256={}"),
    plain("github-sha1", "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries", "X-Hub-Signature", name="sha1", wrap="sha1={}"),
    plain("bitbucket", "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/", "X-Hub-Signature", wrap="sha256={}"),
    plain("meta", "https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads", "X-Hub-Signature-256", wrap="sha256={}"),
    plain("shopify", "https://shopify.dev/docs/apps/build/webhooks/subscribe/https", "X-Shopify-Hmac-Sha256", form="base64"),
    plain("intercom", "https://developers.intercom.com/docs/webhooks/webhook-notifications", "X-Hub-Signature", name="sha1", wrap="sha1={}"),
    plain("dropbox", "https://www.dropbox.com/developers/reference/webhooks", "X-Dropbox-Signature"),
    plain("linear", "https://linear.app/developers/webhooks", "Linear-Signature", body=b'{"action":"create","webhookTimestamp":%d}' % NOW,
          covers=["timestamp", "body"]),
    plain("typeform", "https://www.typeform.com/developers/webhooks/secure-your-webhooks/", "Typeform-Signature", form="base64", wrap="sha256={}"),
    plain("xero", "https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/", "x-xero-signature", form="base64"),
    plain("docusign", "https://developers.docusign.com/platform/webhooks/connect/hmac/", "X-DocuSign-Signature-1", form="base64"),
    plain("line", "https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/", "X-Line-Signature", form="base64"),
    plain("gocardless", "https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks", "Webhook-Signature"),
    plain("razorpay", "https://razorpay.com/docs/webhooks/validate-test/", "X-Razorpay-Signature"),
    plain("coinbase-commerce", "https://docs.cdp.coinbase.com/commerce/docs/webhooks-security", "X-CC-Webhook-Signature"),
    plain("onfido", "https://documentation.onfido.com/api/latest/#verifying-webhook-signatures", "X-SHA2-Signature"),
    plain("circleci", "https://circleci.com/docs/guides/integration/outbound-webhooks/", "circleci-signature", wrap="v1={}", many=True),
    plain("pagerduty", "https://developer.pagerduty.com/docs/verifying-webhook-signatures", "X-PagerDuty-Signature", wrap="v1={}", many=True),
    plain("adyen-header", "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures", "HmacSignature", form="base64",
          key=hex_key, secret="0123456789ABCDEF" * 4, other="FEDCBA9876543210" * 4),
    plain("paystack", "https://paystack.com/docs/payments/webhooks/", "x-paystack-signature", name="sha512"),
    plain("vercel", "https://vercel.com/docs/webhooks/webhooks-api", "x-vercel-signature", name="sha1"),
    plain("sentry", "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/", "Sentry-Hook-Signature"),
    plain("lemonsqueezy", "https://docs.lemonsqueezy.com/help/webhooks/signing-requests", "X-Signature"),
    plain("woocommerce", "https://woocommerce.com/document/webhooks/", "X-WC-Webhook-Signature", form="base64"),
    plain("notion", "https://developers.notion.com/reference/webhooks", "X-Notion-Signature", wrap="sha256={}"),
    Scheme("xsolla", "https://developers.xsolla.com/webhooks/overview/", lambda secret, body, ms: {
        "headers": [["Authorization", "Signature " + sha(body + secret.encode(), "sha1").hex()]], "body": body},
        place=("header", "Authorization"), digest="hash", identity=lambda secret, body, ms: sha(body + secret.encode(), "sha1")),
]


def twilio_content(url, body):
    pairs = sorted(set(parse_qsl(body.decode(), keep_blank_values=True)))
    return url.encode() + "".join(name + value for name, value in pairs).encode()


def hubspot(id, content, **context):
    def sign(secret, body, ms):
        return {"headers": [["X-HubSpot-Signature", sha(content(secret, body)).hex()]], "body": body, **context}

    return Scheme(id, "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests", sign,
                  place=("header", "X-HubSpot-Signature"), digest="hash", needs=list(context),
                  covers=["body", "method", "url"] if context else ["body"], identity=lambda secret, body, ms: sha(content(secret, body)))


URL_BOUND = [
    with_context(
        header_scheme("twilio", "https://www.twilio.com/docs/usage/webhooks/webhooks-security", "X-Twilio-Signature",
                      lambda body, ms: twilio_content(URL, body), name="sha1", form="base64", body=FORM, covers=["form", "url"], needs=["url"]), url=URL),
    with_context(
        header_scheme("square", "https://developer.squareup.com/docs/webhooks/step3validate", "x-square-hmacsha256-signature",
                      lambda body, ms: URL.encode() + body, form="base64", covers=["body", "url"], needs=["url"]), url=URL),
    hubspot("hubspot-v1", lambda secret, body: secret.encode() + body),
    hubspot("hubspot-v2", lambda secret, body: secret.encode() + b"POST" + URL.encode() + body, method="POST", url=URL),
    with_context(
        header_scheme("trello", "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/#webhook-signatures", "X-Trello-Webhook",
                      lambda body, ms: body + URL.encode(), name="sha1", form="base64", covers=["body", "url"], needs=["url"]), url=URL),
    with_context(
        header_scheme("plivo-v2", "https://www.plivo.com/docs/messaging/concepts/signature-validation", "X-Plivo-Signature-V2",
                      lambda body, ms: (URL + "8675309").encode(), form="base64", covers=["url_without_query", "header"], needs=["url"],
                      extra=lambda body, ms: [["X-Plivo-Signature-V2-Nonce", "8675309"]]), url=URL + "?ignored=1"),
]


def query_scheme(id, source, parameter, content, query, *, tag=lambda secret, text: mac(secret.encode(), text), spell=bytes.hex, time=None, age=300,
                 future=300, body=b"", context=None, **options):
    """`query(ms)` is the unsigned raw query, `content(query, body)` what is signed."""

    def sign(secret, body, ms):
        unsigned = query(ms)
        return {"headers": [], "query": unsigned + f"&{parameter}=" + quote(spell(tag(secret, content(unsigned, body))), safe="="), "body": body,
                **(context or {})}

    options.setdefault("covers", ["query"])
    if options.get("digest") == "public":
        identity = lambda secret, body, ms: sha(content(query(ms), body))
    else:
        identity = lambda secret, body, ms: tag(secret, content(query(ms), body))
    return Scheme(id, source, sign, place=("param", parameter), body=body, unit=seconds if time else None, time_at=("param", time) if time else None,
                  age=age, future=future, needs=["query"], identity=identity, **options)


def pairs(query):
    return parse_qsl(query, keep_blank_values=True)


def url_standard(text):
    """The form serializer of the URL standard, but a space as `%20`."""
    return quote(text, safe="*").replace("~", "%7E")


def sorted_lines(query, body):
    return "\n".join(f"{name}={value}" for name, value in sorted(pairs(query))).encode()


TELEGRAM_QUERY = "query_id=AAH&user=%7B%22id%22%3A7%7D&start_param=a%3Db&auth_date={}"
ED_SEED = sha(b"ed25519 seed for tests")
ED_OTHER = sha(b"another ed25519 seed for tests")


def imgproxy(secret, body, ms):
    key, salt = map(bytes.fromhex, secret.split(":"))
    return {"headers": [], "url": f"https://img.example/{b64url(mac(key, salt + b'/rs:fit:10/plain/a.png'))}/rs:fit:10/plain/a.png", "body": body}


def thumbor(secret, body, ms):
    return {"headers": [], "url": f"https://img.example/{b64url(mac(secret.encode(), b'30x20/a.png', 'sha1'), True)}/30x20/a.png", "body": body}


def bot(seed):
    return "123456:" + asym.ed25519_public(seed).hex()


QUERY = [
    query_scheme("shopify-oauth", "https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant", "hmac",
                 lambda query, body: "&".join(f"{url_standard(n)}={url_standard(v)}" for n, v in sorted(pairs(query))).encode(),
                 lambda ms: f"code=c0de&shop=a.myshopify.com&state=1+2%2A~&timestamp={seconds(ms)}", time="timestamp", age=90, future=90,
                 covers=["timestamp", "query"]),
    query_scheme("shopify-app-proxy", "https://shopify.dev/docs/apps/build/online-store/app-proxies/authenticate-app-proxies", "signature",
                 lambda query, body: "".join(sorted({n: f"{n}=" + ",".join(v for m, v in pairs(query) if m == n) for n, _ in pairs(query)}.values())).encode(),
                 lambda ms: f"extra=1&extra=2&shop=a.myshopify.com&logged_in_customer_id=&path_prefix=%2Fapps%2Fx&timestamp={seconds(ms)}",
                 time="timestamp", age=90, future=90, covers=["timestamp", "query"]),
    query_scheme("discourse-connect", "https://meta.discourse.org/t/setup-discourseconnect-official-single-sign-on-for-discourse-sso/13045", "sig",
                 lambda query, body: dict(pairs(query))["sso"].encode(), lambda ms: "sso=bm9uY2U9MQ%3D%3D%0A"),
    query_scheme("bigbluebutton", "https://docs.bigbluebutton.org/development/api/#usage", "checksum",
                 lambda query, body: b"create" + query.encode(), lambda ms: "name=Test+Meeting&meetingID=abc", digest="hash",
                 tag=lambda secret, text: sha(text + secret.encode()), context={"url": "https://bbb.example/bigbluebutton/api/create"},
                 covers=["path", "query"]),
    query_scheme("wechat-server", "https://developers.weixin.qq.com/doc/offiaccount/en/Basic_Information/Access_Overview.html", "signature",
                 lambda query, body: query.encode(), lambda ms: f"timestamp={seconds(ms)}&nonce=n0nce", time="timestamp", digest="hash",
                 tag=lambda secret, text: sha("".join(sorted([secret, *dict(pairs(text.decode())).values()])).encode(), "sha1"),
                 covers=["timestamp", "query"]),
    query_scheme("wechat-miniprogram", "https://developers.weixin.qq.com/miniprogram/en/dev/framework/open-ability/signature.html", "signature",
                 lambda query, body: body, lambda ms: "other=1", digest="hash", tag=lambda secret, text: sha(text + secret.encode(), "sha1"), body=BODY,
                 covers=["body"]),
    query_scheme("google-maps-url", "https://developers.google.com/maps/documentation/maps-static/digital-signature", "signature",
                 lambda query, body: b"/maps/api/staticmap?" + query.encode(), lambda ms: "center=Z%C3%BCrich&client=tests",
                 tag=lambda secret, text: mac(base64.urlsafe_b64decode(secret), text, "sha1"), spell=lambda data: b64url(data, True),
                 context={"url": "https://maps.googleapis.com/maps/api/staticmap"}, covers=["path", "query"],
                 secret=b64url(b"twenty bytes of key.", True), other=b64url(b"twenty other bytes..", True), form="base64url"),
    query_scheme("vk-launch-params", "https://dev.vk.com/en/mini-apps/development/launch-params-sign", "sign",
                 lambda query, body: "&".join(f"{quote_plus(n)}={quote_plus(v)}" for n, v in sorted(pairs(query)) if n.startswith("vk_")).encode(),
                 lambda ms: "vk_user_id=7&vk_app_id=1&vk_ref=a+b%2Cc&other=1", spell=b64url, form="base64url"),
    query_scheme("telegram-webapp", "https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app", "hash", sorted_lines,
                 lambda ms: TELEGRAM_QUERY.format(seconds(ms)), tag=lambda secret, text: mac(mac(b"WebAppData", secret.encode()), text),
                 time="auth_date", age=86400, covers=["timestamp", "query"]),
    query_scheme("telegram-webapp-ed25519", "https://core.telegram.org/bots/webapps#validating-data-for-third-party-use", "signature",
                 lambda query, body: b"123456:WebAppData\n" + sorted_lines(query, body), lambda ms: TELEGRAM_QUERY.format(seconds(ms)),
                 tag=lambda seed, text: asym.ed25519_sign(seed, text), spell=b64url, form="base64url", time="auth_date", age=86400, digest="public",
                 secret=bot(ED_SEED), other=bot(ED_OTHER), signed_by=lambda secret: ED_SEED if secret == bot(ED_SEED) else ED_OTHER,
                 sign_key="123456:" + ED_SEED.hex(), covers=["timestamp", "query"]),
    query_scheme("vonage-signature", "https://developer.vonage.com/en/getting-started/concepts/signing-messages", "sig",
                 lambda query, body: "".join(f"&{n}=" + v.translate({38: "_", 61: "_"}) for n, v in sorted(pairs(query))).encode(),
                 lambda ms: f"to=15550100&text=a%26b%3Dc&timestamp={seconds(ms)}", time="timestamp", covers=["timestamp", "query"]),
    Scheme("imgproxy", "https://docs.imgproxy.net/usage/signing_url", imgproxy, place=("path",), form="base64url", body=b"", covers=["path"], needs=["url"],
           secret=b"imgproxy key".hex() + ":" + b"imgproxy salt".hex(), other=b"another key!".hex() + ":" + b"imgproxy salt".hex(),
           identity=lambda secret, body, ms: mac(bytes.fromhex(secret.split(":")[0]), b"imgproxy salt/rs:fit:10/plain/a.png")),
    Scheme("thumbor", "https://thumbor.readthedocs.io/en/latest/security.html", thumbor, place=("path",), form="base64url", body=b"", covers=["path"],
           needs=["url"], identity=lambda secret, body, ms: mac(secret.encode(), b"30x20/a.png", "sha1")),
]

MAILGUN_TOKEN = "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0"


def mailgun(secret, body, ms):
    signature = mac(secret.encode(), (seconds(ms) + MAILGUN_TOKEN).encode()).hex()
    event = json.loads(body)
    event = {"signature": {"timestamp": seconds(ms), "token": MAILGUN_TOKEN, "signature": signature}, **event}
    return {"headers": [], "body": json.dumps(event, separators=(",", ":")).encode()}


ADYEN_ITEM = {
    "additionalData": {}, "pspReference": "7914073381342284", "originalReference": "", "merchantAccountCode": "TestMerchant",
    "merchantReference": "order:1/a\\b", "amount": {"value": 1130, "currency": "EUR"}, "eventCode": "AUTHORISATION", "success": "true",
}


def adyen_signed(item):
    amount = item["amount"]
    values = [item["pspReference"], item.get("originalReference", ""), item["merchantAccountCode"], item["merchantReference"], str(amount["value"]),
              amount["currency"], item["eventCode"], item["success"]]
    return ":".join(values).encode()


def adyen_items(secret, body, ms):
    items = json.loads(body)
    for item in items:
        item["additionalData"]["hmacSignature"] = b64(mac(hex_key(secret), adyen_signed(item)))
    batch = {"live": "false", "notificationItems": [{"NotificationRequestItem": item} for item in items]}
    return {"headers": [], "body": json.dumps(batch, separators=(",", ":")).encode()}


IN_BODY = [
    Scheme("mailgun", "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks", mailgun,
           place=("json", ["signature", "signature"]), time_at=("json", ["signature", "timestamp"]), unit=seconds, body=b'{"event-data":{"event":"opened"}}',
           covers=["message_id", "timestamp"], message_id=MAILGUN_TOKEN, age=32_400),
    Scheme("adyen-item", "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures", adyen_items,
           place=("json", ["notificationItems", 0, "NotificationRequestItem", "additionalData", "hmacSignature"]), form="base64",
           body=json.dumps([ADYEN_ITEM]).encode(), secret="0123456789ABCDEF" * 4, other="FEDCBA9876543210" * 4, covers=["body_fields"],
           identity=lambda secret, body, ms: mac(hex_key(secret), adyen_signed(json.loads(body)[0]))),
]


def token(id, source, header):
    return Scheme(id, source, lambda secret, body, ms: {"headers": [[header, secret]], "body": body}, place=("header", header), form="token", covers=[],
                  secret="a-static_token-for-tests-1", other="a-static_token-for-tests-2", digest="token")


P256_KEY = int.from_bytes(sha(b"p256 key for tests"), "big") % asym.N
P256_OTHER = int.from_bytes(sha(b"another p256 key for tests"), "big") % asym.N


def sendgrid(key, body, ms):
    signature = asym.p256_sign(key, seconds(ms).encode() + body)
    return {"headers": [["X-Twilio-Email-Event-Webhook-Signature", b64(signature)], ["X-Twilio-Email-Event-Webhook-Timestamp", seconds(ms)]], "body": body}


def discord(seed, body, ms):
    signature = asym.ed25519_sign(seed, seconds(ms).encode() + body)
    return {"headers": [["X-Signature-Ed25519", signature.hex()], ["X-Signature-Timestamp", seconds(ms)]], "body": body}


PAYPAL_ID = "69cd13f0-d67a-11e5-baa3-778b53f4ae55"


def paypal_signed(webhook, body, ms):
    return f"{PAYPAL_ID}|{rfc3339(ms)}|{webhook}|{binascii.crc32(body)}".encode()


def paypal(webhook, body, ms):
    signature = asym.rsa_sign(RSA_PKCS8, paypal_signed(webhook, body, ms))
    return {
        "headers": [
            ["PAYPAL-TRANSMISSION-ID", PAYPAL_ID], ["PAYPAL-TRANSMISSION-TIME", rfc3339(ms)], ["PAYPAL-TRANSMISSION-SIG", b64(signature)],
            ["PAYPAL-AUTH-ALGO", "SHA256withRSA"], ["PAYPAL-CERT-URL", "https://api.paypal.com/v1/notifications/certs/CERT-TEST"],
        ],
        "body": body,
    }


def spki(key):
    return b64(asym.p256_spki(key))


def public_hex(seed):
    return asym.ed25519_public(seed).hex()


TOKEN_PUBLIC_KEY = [
    token("gitlab-token", "https://docs.gitlab.com/user/project/integrations/webhooks/", "X-Gitlab-Token"),
    token("telegram-secret-token", "https://core.telegram.org/bots/api#setwebhook", "X-Telegram-Bot-Api-Secret-Token"),
    token("okta", "https://developer.okta.com/docs/concepts/event-hooks/", "Authorization"),
    Scheme("sendgrid", "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features", sendgrid,
           place=("header", "X-Twilio-Email-Event-Webhook-Signature"), form="der", unit=seconds,
           time_at=("header", "X-Twilio-Email-Event-Webhook-Timestamp"), covers=["timestamp", "body"], digest="public", body=BODY + b"\r\n",
           secret=spki(P256_KEY), other=spki(P256_OTHER), signed_by=lambda secret: P256_KEY if secret == spki(P256_KEY) else P256_OTHER,
           sign_key=b64(asym.p256_pkcs8(P256_KEY)), identity=lambda secret, body, ms: sha(seconds(ms).encode() + body)),
    Scheme("discord", "https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint-validating-security-request-headers", discord,
           place=("header", "X-Signature-Ed25519"), unit=seconds, time_at=("header", "X-Signature-Timestamp"), covers=["timestamp", "body"],
           digest="public", secret=public_hex(ED_SEED), other=public_hex(ED_OTHER),
           signed_by=lambda secret: ED_SEED if secret == public_hex(ED_SEED) else ED_OTHER, sign_key=ED_SEED.hex(),
           identity=lambda secret, body, ms: sha(seconds(ms).encode() + body)),
    Scheme("paypal", "https://developer.paypal.com/api/rest/webhooks/rest/#link-selfverificationmethod", paypal,
           place=("header", "PAYPAL-TRANSMISSION-SIG"), form="der", unit=rfc3339, time_at=("header", "PAYPAL-TRANSMISSION-TIME"), digest="public",
           covers=["message_id", "timestamp", "body_checksum"], message_id=PAYPAL_ID, id_header="PAYPAL-TRANSMISSION-ID",
           secret="WH-TEST-1:" + RSA_CERTIFICATE.strip(), other="WH-TEST-2:" + RSA_CERTIFICATE.strip(),
           signed_by=lambda secret: secret.split(":")[0], sign_key="WH-TEST-1:" + b64(RSA_PKCS8)),
]

FAMILIES = {
    "standard": STANDARD, "timestamped": TIMESTAMPED, "body_only": BODY_ONLY, "url_bound": URL_BOUND, "query": QUERY, "in_body": IN_BODY,
    "token_public_key": TOKEN_PUBLIC_KEY,
}
