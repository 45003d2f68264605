"""Reading the fields of a request: an absent field is the binding's default, one of another type a bad request."""

from __future__ import annotations

import base64
import binascii
from typing import Any, TypeVar

T = TypeVar("T")


class BadRequest(Exception):
    """The line is no request of this protocol."""


class Fields:
    """The members of one object."""

    def __init__(self, members: dict[str, Any]) -> None:
        self.members = members

    def _get(self, name: str, kind: type[T]) -> T | None:
        value = self.members.get(name)
        if value is None:
            return None
        # A bool is an int to Python, and not to JSON.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise BadRequest(name)
        return value

    def has(self, name: str) -> bool:
        return self.members.get(name) is not None

    def text_opt(self, name: str) -> str | None:
        return self._get(name, str)

    def text(self, name: str) -> str:
        return _needed(self.text_opt(name))

    def int_opt(self, name: str) -> int | None:
        return self._get(name, int)

    def int(self, name: str) -> int:
        return _needed(self.int_opt(name))

    def flag_opt(self, name: str) -> bool | None:
        return self._get(name, bool)

    def list(self, name: str) -> list[Any]:
        return self._get(name, list) or []

    def texts(self, name: str) -> list[str]:
        return self.texts_opt(name) or []

    def texts_opt(self, name: str) -> list[str] | None:
        texts = self._get(name, list)
        if texts is not None and not all(isinstance(text, str) for text in texts):
            raise BadRequest(name)
        return texts

    def object_opt(self, name: str) -> Fields | None:
        members = self._get(name, dict)
        return None if members is None else Fields(members)

    def objects(self, name: str) -> list[Fields]:
        items = self.list(name)
        if not all(isinstance(item, dict) for item in items):
            raise BadRequest(name)
        return [Fields(item) for item in items]

    def bytes(self, name: str) -> bytes:
        try:
            return base64.b64decode(self.text(name), validate=True)
        except binascii.Error:
            raise BadRequest(name) from None

    def present(self, *names: str) -> dict[str, Any]:
        """Those of these members that are there: what the call is not given has the binding's default."""
        return {name: self.members[name] for name in names if self.has(name)}


def _needed(value: T | None) -> T:
    if value is None:
        raise BadRequest
    return value


def base64_of(value: bytes) -> str:
    """Bytes as standard base64."""
    return base64.b64encode(value).decode("ascii")


def without_none(**members: Any) -> dict[str, Any]:
    """An absent result is left out."""
    return {name: value for name, value in members.items() if value is not None}
