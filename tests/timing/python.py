"""Verifications in the Python package: python tests/timing/python.py SCHEME honest|leaky SAMPLES FILE. See README.md."""

from __future__ import annotations

import sys
from array import array
from pathlib import Path
from random import getrandbits
from time import perf_counter_ns

from countermark import VerificationError, WebhookKey, WebhookVerifier
from countermark.testing import sign_webhook

scheme, subject, samples, file = sys.argv[1:]
SECRET = "a secret of thirty-two characters"
BODY = b'{"event":"paid"}'
((name, right),) = sign_webhook(scheme, SECRET, BODY).headers
verifier = WebhookVerifier(scheme, [WebhookKey("k1", SECRET)])


def other(digit: str) -> str:
    """Still a hex digit: what is none is refused sooner."""
    return "1" if digit == "0" else "0"


start = right.find("=") + 1
late = (right[:-1] + other(right[-1])).encode()
early = (right[:start] + "".join(map(other, right[start:]))).encode()


def refused(signature: str) -> None:
    try:
        verifier.verify([(name, signature)], BODY)
    except VerificationError as error:
        if error.code != "SIGNATURE_MISMATCH":
            raise
    else:
        raise AssertionError("a wrong signature was taken")


def leaky(signature: str) -> None:
    """The twin: the same, and then a comparison that ends at the first difference."""
    refused(signature)
    for one, two in zip(signature, right):
        if one != two:
            return
    raise AssertionError("a wrong signature was right")


run = leaky if subject == "leaky" else refused
times = array("Q")
while len(times) < int(samples):
    # New texts of both classes, mixed and all made before the first is timed: what making one leaves behind shows in the times.
    kinds = [getrandbits(1) for _ in range(1000)]
    texts = [(late, early)[kind].decode() for kind in kinds]
    for kind, text in zip(kinds, texts):
        began = perf_counter_ns()
        run(text)
        times.append(2 * (perf_counter_ns() - began) + kind)
Path(file).write_bytes(times[: int(samples)].tobytes())
