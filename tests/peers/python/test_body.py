"""Schemes that sign the body, alone or with a time beside it."""

import base64
import json
import unittest
import warnings
from datetime import datetime, timezone
from urllib.parse import parse_qs, urlencode

import standardwebhooks.webhooks
from Adyen import util as adyen
from boxsdk.object.webhook import Webhook as BoxWebhook
from coinbase_commerce.webhook import Webhook as CoinbaseWebhook
from coinbase_commerce.webhook import WebhookSignature as CoinbaseSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from elevenlabs.webhooks_custom import WebhooksClient as ElevenLabs
from messagebird import SignedRequest
from sendgrid.helpers.eventwebhook import EventWebhook
from slack_sdk.signature import SignatureVerifier
from workos.webhooks._verification import verify_header as verify_workos

from differential import Clock, Peer, bump, change_text, header, set_header

standardwebhooks.webhooks.datetime = Clock


class StandardWebhooks(Peer, unittest.TestCase):
    scheme = "standard-webhooks"
    library = "standardwebhooks"
    window = (300, 300)
    changes = {
        "another id": lambda request, random: set_header(request, "webhook-id", f"msg_{random.alnum(10, 30)}"),
        "another time": bump("webhook-timestamp"),
    }

    @staticmethod
    def message(random):
        secret = "whsec_" + base64.b64encode(random.randbytes(random.randint(24, 64))).decode()
        return {"secret": secret, "message_id": f"msg_{random.alnum(10, 30)}", "body": random.text()}

    def accepts(self, request):
        webhook = standardwebhooks.webhooks.Webhook(request["secret"])
        webhook.verify(request["body"], dict(request["headers"]), json_parse=False)
        return True

    def signs(self, message):
        moment = datetime.fromtimestamp(message["now_ms"] // 1000, timezone.utc)
        webhook = standardwebhooks.webhooks.Webhook(message["secret"])
        return {
            "headers": [
                ["webhook-id", message["message_id"]],
                ["webhook-timestamp", str(message["now_ms"] // 1000)],
                ["webhook-signature", webhook.sign(message["message_id"], moment, message["body"].decode())],
            ]
        }

    def _beside(self, request, element):
        return set_header(request, "webhook-signature", f"{element} {header(request, 'webhook-signature')}")

    cases = {
        "an element without a comma beside the good one": lambda self, request: self._beside(request, "v1"),
        "a signature that is not ASCII": lambda self, request: set_header(request, "webhook-signature", "v1,é"),
    }


class Slack(Peer, unittest.TestCase):
    scheme = "slack"
    library = "slack-sdk"
    window = (300, 300)
    changes = {"another time": bump("X-Slack-Request-Timestamp")}
    cases = {"a signature that is not ASCII": lambda self, request: set_header(request, "X-Slack-Signature", "v0=é")}

    @staticmethod
    def message(random):
        return {"secret": random.secret(), "body": random.text()}

    class SlackClock:
        def now(self):
            return Clock.ms / 1000

    def accepts(self, request):
        return SignatureVerifier(request["secret"], self.SlackClock()).is_valid_request(request["body"], dict(request["headers"]))

    def signs(self, message):
        moment = str(message["now_ms"] // 1000)
        signature = SignatureVerifier(message["secret"]).generate_signature(timestamp=moment, body=message["body"])
        return {"headers": [["X-Slack-Request-Timestamp", moment], ["X-Slack-Signature", signature]]}


class ElevenLabsWebhooks(Peer, unittest.TestCase):
    scheme = "elevenlabs"
    library = "elevenlabs"
    window = (1800, 300)

    @staticmethod
    def message(random):
        # The library always parses the body, so only JSON can be accepted.
        return {"secret": f"wsec_{random.alnum(32, 64)}", "body": random.json()}

    def accepts(self, request):
        client = ElevenLabs.__new__(ElevenLabs)  # Verifying needs no connection.
        return client.construct_event(request["body"].decode(), header(request, "ElevenLabs-Signature"), request["secret"])


class WorkOs(Peer, unittest.TestCase):
    scheme = "workos"
    library = "workos"
    window = (180, 180)

    @staticmethod
    def message(random):
        return {"secret": random.secret(), "body": random.text()}

    def accepts(self, request):
        verify_workos(event_body=request["body"], event_signature=header(request, "WorkOS-Signature"), secret=request["secret"])
        return True


class Box(Peer, unittest.TestCase):
    scheme = "box"
    library = "boxsdk"
    window = (600, 300)

    @staticmethod
    def message(random):
        return {"secret": random.secret(), "body": random.binary()}

    @classmethod
    def change_signature(cls, request, random):
        name = "Box-Signature-Primary"
        return set_header(request, name, change_text(header(request, name), random))

    def accepts(self, request):
        headers = {name.lower(): value for name, value in request["headers"]}
        return BoxWebhook.validate_message(request["body"], headers, request["secret"])


class CoinbaseCommerce(Peer, unittest.TestCase):
    scheme = "coinbase-commerce"
    library = "coinbase-commerce"

    @staticmethod
    def message(random):
        return {"secret": random.secret(), "body": random.json(event={"id": random.alnum(8, 20), "type": "charge:created"})}

    def accepts(self, request):
        signature = header(request, "X-CC-Webhook-Signature")
        return CoinbaseWebhook.construct_event(request["body"].decode(), signature, request["secret"]) is not None

    def signs(self, message):
        signature = CoinbaseSignature._compute_signature(message["body"].decode(), message["secret"])
        return {"headers": [["X-CC-Webhook-Signature", signature]]}


class AdyenHeader(Peer, unittest.TestCase):
    scheme = "adyen-header"
    library = "Adyen"

    @staticmethod
    def message(random):
        return {"secret": random.randbytes(32).hex().upper(), "body": random.binary()}

    def accepts(self, request):
        return adyen.is_valid_hmac_payload(header(request, "HmacSignature"), request["secret"], request["body"])

    def signs(self, message):
        signature = adyen.generate_payload_sig(message["body"], message["secret"]).decode()
        return {"headers": [["HmacSignature", signature]]}


def adyen_item(random):
    item = {
        "pspReference": random.alnum(16, 16),
        "merchantAccountCode": random.alnum(4, 12),
        "merchantReference": random.characters(0, 30),
        "amount": {"value": random.randint(0, 10**8), "currency": random.choice(["EUR", "USD", "JPY"])},
        "eventCode": random.choice(["AUTHORISATION", "REFUND"]),
        "success": random.choice(["true", "false"]),
        "reason": random.characters(0, 20),
    }
    if random.chance(2):
        item["originalReference"] = random.alnum(16, 16)
    return item


def notification(*items):
    return json.dumps({"live": "false", "notificationItems": [{"NotificationRequestItem": item} for item in items]}).encode()


def items_of(request):
    return [entry["NotificationRequestItem"] for entry in json.loads(request["body"])["notificationItems"]]


class AdyenItem(Peer, unittest.TestCase):
    scheme = "adyen-item"
    library = "Adyen"
    # Eight fields of each item are signed, not the body as it stands.
    body_is_signed = False

    @staticmethod
    def message(random):
        return {"secret": random.randbytes(32).hex().upper(), "body": notification(adyen_item(random))}

    def accepts(self, request):
        return adyen.is_valid_hmac_notification(json.loads(request["body"]), request["secret"])

    def signs(self, message):
        (item,) = items_of(message)
        signature = adyen.generate_notification_sig(item, message["secret"]).decode()
        return {"body": notification({**item, "additionalData": {"hmacSignature": signature}})}

    @classmethod
    def change_signature(cls, request, random):
        (item,) = items_of(request)
        item["additionalData"]["hmacSignature"] = change_text(item["additionalData"]["hmacSignature"], random)
        return {**request, "body": notification(item)}

    def _another_value(request, random):
        (item,) = items_of(request)
        item["amount"]["value"] += 1
        return {**request, "body": notification(item)}

    def _another_reference(request, random):
        (item,) = items_of(request)
        item["merchantReference"] += "x"
        return {**request, "body": notification(item)}

    def _forged_second(self, request):
        (item,) = items_of(request)
        return {**request, "body": notification(item, {**item, "success": "false" if item["success"] == "true" else "true"})}

    changes = {"another value": _another_value, "another reference": _another_reference}
    cases = {"a forged second item": _forged_second}


class MessageBird(Peer, unittest.TestCase):
    scheme = "messagebird"
    library = "messagebird"
    window = (300, 300)
    changes = {
        "another time": bump("MessageBird-Request-Timestamp"),
        "another parameter": lambda request, _: {**request, "query": request["query"] + "&zz_more=1"},
    }

    @staticmethod
    def message(random):
        names = {random.alnum(1, 8) for _ in range(random.randint(1, 6))}
        query = urlencode({name: random.characters(1, 20) for name in sorted(names, key=lambda _: random.random())})
        # The library encodes its secret as Latin-1, so only ASCII is the same everywhere.
        return {"secret": random.alnum(32, 32), "query": query, "body": random.binary()}

    @classmethod
    def change_signature(cls, request, random):
        return set_header(request, "MessageBird-Signature", change_text(header(request, "MessageBird-Signature"), random))

    def accepts(self, request):
        parameters = parse_qs(request["query"], keep_blank_values=True)
        with warnings.catch_warnings():
            # The library says that its newer scheme, a JWT, is better.
            warnings.simplefilter("ignore", DeprecationWarning)
            signed = SignedRequest(
                header(request, "MessageBird-Signature"),
                header(request, "MessageBird-Request-Timestamp"),
                request["body"].decode("latin-1"),
                parameters,
            )
            return signed.verify(request["secret"]) and signed.is_recent(300)


class SendGrid(Peer, unittest.TestCase):
    scheme = "sendgrid"
    library = "sendgrid"
    window = (300, 300)
    changes = {"another time": bump("X-Twilio-Email-Event-Webhook-Timestamp")}

    @staticmethod
    def message(random):
        key = ec.derive_private_key(random.getrandbits(255) + 1, ec.SECP256R1())
        der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return {"secret": base64.b64encode(der).decode(), "body": random.text()}

    @staticmethod
    def _private(secret):
        return serialization.load_der_private_key(base64.b64decode(secret), None)

    @staticmethod
    def public_key(secret):
        key = SendGrid._private(secret).public_key()
        return base64.b64encode(key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)).decode()

    @classmethod
    def change_signature(cls, request, random):
        name = "X-Twilio-Email-Event-Webhook-Signature"
        return set_header(request, name, change_text(header(request, name), random))

    def accepts(self, request):
        return EventWebhook(self.public_key(request["secret"])).verify_signature(
            request["body"].decode(),
            header(request, "X-Twilio-Email-Event-Webhook-Signature"),
            header(request, "X-Twilio-Email-Event-Webhook-Timestamp"),
        )

    def signs(self, message):
        # The library only verifies: the second signer is OpenSSL.
        moment = str(message["now_ms"] // 1000)
        signature = self._private(message["secret"]).sign(moment.encode() + message["body"], ec.ECDSA(hashes.SHA256()))
        return {
            "headers": [
                ["X-Twilio-Email-Event-Webhook-Timestamp", moment],
                ["X-Twilio-Email-Event-Webhook-Signature", base64.b64encode(signature).decode()],
            ]
        }


if __name__ == "__main__":
    unittest.main()
