"""Random messages from a seed: the same seed gives the same messages on every machine."""

import json
import random
import string

ALNUM = string.ascii_letters + string.digits
# Below U+E000, where the orders by code unit and by byte agree; no byte order mark, which some libraries drop.
CHARACTERS = ALNUM + string.punctuation + " \t\r\n\0éßñ¿Ωжשع中文字한글☃€\u2028😀🔑"


class Random(random.Random):
    def chance(self, of):
        return self.randrange(of) == 0

    def alnum(self, low, high):
        return "".join(self.choices(ALNUM, k=self.randint(low, high)))

    def characters(self, low, high):
        return "".join(self.choices(CHARACTERS, k=self.randint(low, high)))

    def secret(self):
        """A secret as text; one in ten is not ASCII."""
        return self.alnum(24, 48) + ("é☃" if self.chance(10) else "")

    def text(self, *, empty=True):
        """A body of UTF-8 text: sometimes empty, sometimes 64 KiB."""
        if empty and self.chance(20):
            return b""
        if self.chance(100):
            return (self.characters(1000, 1000) * 64).encode()
        return self.characters(1, 300).encode()

    def binary(self):
        """A body of any bytes, most of them no UTF-8."""
        if self.chance(20):
            return b""
        return self.randbytes(65536 if self.chance(100) else self.randint(1, 600))

    def json(self, **fixed):
        """A JSON object with the members of `fixed`, compact or pretty-printed, with and without escapes."""
        value = {"id": self.alnum(8, 20), "text": self.characters(0, 120), "count": self.randint(-5, 10**9), **fixed}
        if self.chance(100):
            value["large"] = self.characters(1000, 1000) * 30
        return json.dumps(value, indent=self.choice([None, None, 2]), ensure_ascii=self.chance(3)).encode()

    def url(self):
        """An address with a path and, often, a query, in the characters that need no escape."""
        port = f":{self.randint(1024, 65535)}" if self.chance(4) else ""
        query = f"?{self.alnum(1, 8)}={self.alnum(0, 12)}" if self.chance(2) else ""
        return f"https://{self.alnum(3, 10).lower()}.example.com{port}/{self.alnum(1, 12)}/{self.alnum(1, 12)}{query}"

    def time(self):
        """A moment between 2021 and 2030, in milliseconds."""
        return self.randint(1_609_459_200_000, 1_893_456_000_000)
