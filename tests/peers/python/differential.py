"""Compares Countermark with one library on one scheme: a thousand random messages, in both directions, and changed ones.

A test class says what is special about its library:
  scheme, library    names, as in the README
  window             (past, future): Countermark's limits in seconds, for a scheme with a signed time
  body_is_signed     whether a changed body must be refused
  message(random)    {secret, body, and what the scheme signs: method, url, query, headers, message_id}
  accepts(request)   whether the library accepts the request; an exception counts as a refusal
  signs(message)     what the library adds when it can sign: {headers, query, url, body}
  change_signature   one character of the signature differs
  changes            further changes that both must refuse: name -> function of (request, random)
  cases              single requests on which the library is known to err: name -> function of (test, request)

Where the library errs, defects.json has a row for the change or the case, and the test asserts that it still does.
"""

import base64
import json
import pathlib
import re
import time
from datetime import datetime

from adapter import ask
from messages import Random

MESSAGES = 1000
HERE = pathlib.Path(__file__).parent
DEFECTS = [row for row in json.loads((HERE.parent / "defects.json").read_text()) if row["registry"] == "PyPI"]
VERSIONS = dict(line.lower().replace("_", "-").split("==") for line in (HERE.parent / "requirements.txt").read_text().split())


class Clock(datetime):
    """The receiver's clock: what the libraries read through `time.time` or, where a test says so, `datetime.now`."""

    ms = 0

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(Clock.ms / 1000, tz)


time.time = lambda: Clock.ms / 1000


class Peer:
    window = None
    body_is_signed = True
    changes = {}
    cases = {}

    def __init_subclass__(cls):
        super().__init_subclass__()
        known = {row["case"]: row for row in DEFECTS if (row["library"], row["scheme"]) == (cls.library, cls.scheme)}
        for name, change in cls._all_changes().items():
            cls._add(name, lambda self, change=change, row=known.get(name): self._refused(change, row))
        if hasattr(cls, "signs"):
            cls._add("they sign, both accept", cls._they_sign)
        for name, case in cls.cases.items():
            cls._add(name, lambda self, case=case, row=known.get(name): self._case(case, row))
        cls._known = known

    @classmethod
    def _add(cls, name, test):
        setattr(cls, "test " + name, test)

    @classmethod
    def setUpClass(cls):
        # A fresh generator for every class: a test gives the same messages alone and with all others.
        cls.random = Random(f"{cls.scheme}, {cls.library}")
        cls.messages = [cls._draw() for _ in range(MESSAGES)]
        cls.signed = cls.sign(cls.messages)

    @classmethod
    def _draw(cls):
        message = {"method": "POST", "headers": [], "now_ms": cls.random.time(), **cls.message(cls.random)}
        # The clock of the receiver, anywhere in the window that both sides accept.
        past, future = cls.window or (86_400, 86_400)
        message["clock_ms"] = message["now_ms"] + cls.random.randint(-1000 * max(future - 2, 0), 1000 * (past - 2))
        return message

    @classmethod
    def sign(cls, messages):
        """The messages with Countermark's signatures."""
        requests = [
            {
                "op": "webhook.sign",
                "key": {"id": "key", "secret": message["secret"]},
                "message_id": message.get("message_id"),
                "now_ms": message["now_ms"],
                **cls._common(message),
            }
            for message in messages
        ]
        answers = ask(requests)
        for request, answer in zip(requests, answers):
            assert "ok" in answer, f"not signed: {answer} {request}"
        return [apply(message, answer["ok"]) for message, answer in zip(messages, answers)]

    @classmethod
    def _verify(cls, request):
        key = {"id": "key", "secret": cls.public_key(request["secret"])}
        return {"op": "webhook.verify", "keys": [key], "now_ms": request["clock_ms"], **cls._common(request)}

    @classmethod
    def _common(cls, request):
        body = base64.b64encode(request.get("body", b"")).decode()
        same = {name: request.get(name) for name in ("method", "url", "headers", "query")}
        return {"scheme": cls.scheme, **same, "body_base64": body}

    @staticmethod
    def public_key(secret):
        """The key of the receiver, where it is not the key of the sender."""
        return secret

    @classmethod
    def change_signature(cls, request, random):
        name, value = request["headers"][-1]
        return {**request, "headers": [*request["headers"][:-1], [name, change_text(value, random)]]}

    @classmethod
    def _all_changes(cls):
        changes = {
            "another secret": lambda request, random: {**request, "secret": cls.message(random)["secret"]},
            "one signature character changed": cls.change_signature,
        }
        if cls.body_is_signed:
            changes["the body changed"] = lambda request, random: {**request, "body": change_bytes(request["body"], random)}
        if cls.window:
            past, future = (1000 * (limit + 2) for limit in cls.window)
            day = 86_400_000
            changes["too old"] = lambda request, random: {**request, "clock_ms": request["now_ms"] + past + random.randint(0, day)}
            changes["too new"] = lambda request, random: {**request, "clock_ms": request["now_ms"] - future - random.randint(0, day)}
        return {**changes, **cls.changes}

    def test_we_sign_both_accept(self):
        self._judge(self.signed, "accepts", "accepts")

    def _they_sign(self):
        theirs = []
        for message in self.messages:
            Clock.ms = message["now_ms"]
            theirs.append(apply(message, self.signs(message)))
        self._judge(theirs, "accepts", "accepts")

    def test_defects_are_for_this_version(self):
        for case, row in self._known.items():
            self.assertIn(case, {**self._all_changes(), **self.cases})
            self.assertEqual(row["version"], VERSIONS[self.library.lower()])

    def _refused(self, change, row):
        changed = [change(request, self.random) for request in self.signed]
        self._judge(changed, row["theirs"] if row else "refuses", "refuses")

    def _case(self, case, row):
        self.assertIsNotNone(row, "defects.json has no row for this case")
        request = case(self, self.signed[0])
        theirs, error = self._verdict(request)
        if row["theirs"].startswith("raises "):
            theirs = f"raises {error}"
        ours = ask([self._verify(request)])[0].get("error", "ok")
        self.assertEqual((theirs, ours), (row["theirs"], row["ours"]))

    def _verdict(self, request):
        Clock.ms = request["clock_ms"]
        try:
            return ("accepts" if self.accepts(request) else "refuses"), None
        except Exception as error:
            return "refuses", type(error).__name__

    def _judge(self, requests, theirs, ours):
        """Every request must get the expected verdict from both sides."""
        answers = ask([self._verify(request) for request in requests])
        for number, (request, answer) in enumerate(zip(requests, answers)):
            self.assertNotEqual(answer.get("error"), "BAD_REQUEST")
            verdict = self._verdict(request)
            self.assertEqual(
                (verdict[0], "accepts" if "ok" in answer else "refuses"),
                (theirs, ours),
                f"message {number}: {verdict} {answer} {str(self._verify(request))[:1500]}",
            )


def apply(message, added):
    """The message with what a signer added."""
    request = {**message, "headers": message["headers"] + added.get("headers", [])}
    request.update({name: added[name] for name in ("query", "url", "body") if name in added})
    if "body_base64" in added:
        request["body"] = base64.b64decode(added["body_base64"])
    return request


def header(request, name):
    return next(value for other, value in request["headers"] if other.lower() == name.lower())


def set_header(request, name, value):
    headers = [[other, value if other.lower() == name.lower() else old] for other, old in request["headers"]]
    return {**request, "headers": headers}


def change_text(text, random):
    """One character of the last hex or base64 run differs; never among the last three, where base64 has spare bits."""
    run = re.search(r"([A-Za-z0-9+/_-]+)=*$", text)
    at = run.start() + random.randrange(len(run[1]) - 3)
    alphabet = "0123456789abcdef" if re.fullmatch("[0-9a-f]+", run[1]) else "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return text[:at] + random.choice(alphabet.replace(text[at], "")) + text[at + 1 :]


def change_bytes(body, random):
    """The body with a space added, or with one letter or digit changed."""
    places = [at for at, byte in enumerate(body[:2000]) if chr(byte).isascii() and chr(byte).isalnum()]
    if not places or random.chance(2):
        return body + b" "
    at = random.choice(places)
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


def change_parameter(name):
    """The signature or another value of the query differs in one character."""
    return lambda request, random: {
        **request,
        "query": re.sub(rf"((?:^|&){name}=)([^&]*)", lambda found: found[1] + change_text(found[2], random), request["query"]),
    }


def bump(name):
    """A time in a header is one later, so the signature is for another moment."""
    return lambda request, _: set_header(request, name, str(int(header(request, name)) + 1))
