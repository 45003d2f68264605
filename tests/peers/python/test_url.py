"""Schemes that sign the address that was called, or the parameters of its query."""

import re
import unittest
from urllib.parse import parse_qsl, urlencode

import hubspot.utils.signature
from hubspot.utils.signature import Signature
from libthumbor.crypto import CryptoURL
from libthumbor.url import plain_image_url
from libthumbor.url_signers.base64_hmac_sha1 import UrlSigner
from plivo.utils import validate_signature
from square.utils.webhooks_helper import verify_signature
from vonage_http_client.auth import Auth
from wechatpy.utils import WeChatSigner, check_signature, check_wxa_signature

from differential import Clock, Peer, bump, change_parameter, change_text, header, set_header

hubspot.utils.signature.datetime = Clock


def another_path(request, random):
    return {**request, "url": re.sub(r"(example\.com(:\d+)?/)", r"\1x", request["url"])}


def another_method(request, random):
    return {**request, "method": "PUT"}


class HubSpot(Peer):
    """What the three versions have in common; the subclasses are the tests."""

    scheme = None
    library = "hubspot-api-client"
    signature_header = "X-HubSpot-Signature"

    @staticmethod
    def message(random):
        return {"secret": random.secret(), "url": random.url(), "body": random.text()}

    @classmethod
    def change_signature(cls, request, random):
        return set_header(request, cls.signature_header, change_text(header(request, cls.signature_header), random))

    def arguments(self, request, moment=None):
        return {
            "client_secret": request["secret"],
            "request_body": request["body"].decode(),
            "http_uri": request["url"],
            "http_method": request["method"],
            "signature_version": self.version,
            "timestamp": moment,
        }

    def accepts(self, request):
        return Signature.is_valid(signature=header(request, self.signature_header), **self.arguments(request))

    def signs(self, message):
        return {"headers": [[self.signature_header, Signature.get_signature(**self.arguments(message))]]}


class HubSpot1(HubSpot, unittest.TestCase):
    scheme = "hubspot-v1"
    version = "v1"


class HubSpot2(HubSpot, unittest.TestCase):
    scheme = "hubspot-v2"
    version = "v2"
    changes = {"another path": another_path, "another method": another_method}


class HubSpot3(HubSpot, unittest.TestCase):
    scheme = "hubspot-v3"
    version = "v3"
    window = (300, 300)
    signature_header = "X-HubSpot-Signature-v3"
    changes = {
        "another path": another_path,
        "another method": another_method,
        "another time": bump("X-HubSpot-Request-Timestamp"),
    }

    def accepts(self, request):
        arguments = self.arguments(request, header(request, "X-HubSpot-Request-Timestamp"))
        return Signature.is_valid(signature=header(request, self.signature_header), **arguments)

    def signs(self, message):
        moment = str(message["now_ms"])
        signature = Signature.get_signature(**self.arguments(message, moment))
        return {"headers": [["X-HubSpot-Request-Timestamp", moment], [self.signature_header, signature]]}

    def _escaped(self, request):
        message = {**request, "headers": [], "url": "https://www.example.com/hook?at=12%3A30"}
        return self.sign([message])[0]

    cases = {"an escaped colon in the address": _escaped}


class Square(Peer, unittest.TestCase):
    scheme = "square"
    library = "squareup"
    changes = {"another path": another_path}

    @staticmethod
    def message(random):
        return {"secret": random.secret(), "url": random.url(), "body": random.text(empty=False)}

    def accepts(self, request):
        return verify_signature(
            request_body=request["body"].decode(),
            signature_header=header(request, "x-square-hmacsha256-signature"),
            signature_key=request["secret"],
            notification_url=request["url"],
        )

    cases = {"an empty body": lambda self, request: self.sign([{**request, "headers": [], "body": b""}])[0]}


class Plivo(Peer, unittest.TestCase):
    scheme = "plivo-v2"
    library = "plivo"
    body_is_signed = False
    changes = {
        "another path": another_path,
        "another nonce": lambda request, random: set_header(request, "X-Plivo-Signature-V2-Nonce", random.alnum(21, 22)),
    }

    @staticmethod
    def message(random):
        nonce = ["X-Plivo-Signature-V2-Nonce", random.alnum(5, 20)]
        return {"secret": random.secret(), "url": random.url(), "headers": [nonce], "body": random.text()}

    def accepts(self, request):
        nonce = header(request, "X-Plivo-Signature-V2-Nonce")
        return validate_signature(request["url"], nonce, header(request, "X-Plivo-Signature-V2"), request["secret"])


class Thumbor(Peer, unittest.TestCase):
    scheme = "thumbor"
    library = "libthumbor"
    body_is_signed = False
    origin = "https://images.example.com"

    @staticmethod
    def message(random):
        options = {
            "width": random.randint(1, 4000),
            "height": random.randint(1, 4000),
            "smart": random.chance(2),
            "flip": random.chance(4),
            "filters": random.choice([[], ["grayscale()"], ["quality(80)", "blur(3)"]]),
            "image_url": f"{random.alnum(3, 10).lower()}.example.com/{random.alnum(1, 20)}/{random.alnum(1, 20)}.jpg",
        }
        # The library encodes its secret as Latin-1, so only ASCII is the same everywhere.
        return {"method": "GET", "secret": random.alnum(16, 40), "options": options, "url": f"{Thumbor.origin}/{plain_image_url(**options)}"}

    @staticmethod
    def _split(request):
        return request["url"].removeprefix(f"{Thumbor.origin}/").split("/", 1)

    def accepts(self, request):
        signature, rest = self._split(request)
        return UrlSigner(request["secret"]).validate(signature.encode(), rest)

    def signs(self, message):
        return {"url": self.origin + CryptoURL(message["secret"]).generate(**message["options"])}

    @classmethod
    def change_signature(cls, request, random):
        signature, rest = cls._split(request)
        return {**request, "url": f"{cls.origin}/{change_text(signature, random)}/{rest}"}

    changes = {"another image": lambda request, random: {**request, "url": request["url"] + "x"}}


class Vonage(Peer, unittest.TestCase):
    scheme = "vonage-signature"
    library = "vonage-http-client"
    window = (300, 300)
    body_is_signed = False
    change_signature = change_parameter("sig")
    changes = {"another value": change_parameter("id"), "another parameter": lambda request, _: {**request, "query": request["query"] + "&zz=1"}}

    @staticmethod
    def message(random):
        now_ms = random.time()
        pairs = {f"{random.alnum(1, 8)}{number}": random.characters(0, 20) for number in range(random.randint(0, 6))}
        query = urlencode({**pairs, "id": random.alnum(10, 12), "timestamp": now_ms // 1000})
        return {"method": "GET", "secret": random.secret(), "now_ms": now_ms, "query": query}

    @staticmethod
    def _auth(request):
        return Auth(api_key="key", signature_secret=request["secret"], signature_method="sha256")

    def accepts(self, request):
        return self._auth(request).check_signature(dict(parse_qsl(request["query"], keep_blank_values=True)))

    def signs(self, message):
        signature = self._auth(message).sign_params(dict(parse_qsl(message["query"], keep_blank_values=True)))
        return {"query": f"{message['query']}&sig={signature}"}


class WeChatServer(Peer, unittest.TestCase):
    scheme = "wechat-server"
    library = "wechatpy"
    window = (300, 300)
    body_is_signed = False
    change_signature = change_parameter("signature")
    changes = {"another nonce": change_parameter("nonce")}

    @staticmethod
    def message(random):
        now_ms = random.time()
        query = f"timestamp={now_ms // 1000}&nonce={random.alnum(6, 20)}"
        return {"method": "GET", "secret": random.alnum(3, 32), "now_ms": now_ms, "query": query}

    def accepts(self, request):
        query = dict(parse_qsl(request["query"]))
        check_signature(request["secret"], query["signature"], query["timestamp"], query["nonce"])
        return True

    def signs(self, message):
        query = dict(parse_qsl(message["query"]))
        signer = WeChatSigner()
        signer.add_data(message["secret"], query["timestamp"], query["nonce"])
        return {"query": f"signature={signer.signature}&{message['query']}"}


class WeChatMiniProgram(Peer, unittest.TestCase):
    scheme = "wechat-miniprogram"
    library = "wechatpy"
    change_signature = change_parameter("signature")

    @staticmethod
    def message(random):
        return {"secret": random.alnum(22, 22) + "==", "body": random.text()}

    def accepts(self, request):
        check_wxa_signature(request["secret"], request["body"].decode(), dict(parse_qsl(request["query"]))["signature"])
        return True


if __name__ == "__main__":
    unittest.main()
