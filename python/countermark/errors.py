"""The exceptions: one tree under `CountermarkError`, by the class of the error's number."""

from __future__ import annotations

from ._codes import ErrorCode as ErrorCode
from ._native import ErrorInfo, list_errors

_ROWS: dict[str, ErrorInfo] = {row.name: row for row in list_errors()}


class CountermarkError(Exception):
    """Why something was refused. Holds no secret, no session handle and no signed URL, so it may be logged.

    ``CountermarkError("REPLAYED")`` gives an object of the class that the error belongs to, here `ReplayError`.
    """

    code: str
    """The stable name, such as ``SIGNATURE_MISMATCH``: one of `ErrorCode`."""
    detail: str
    """What it is about, such as a field or a header; may be empty."""
    server_error: str | None
    """The server's own error value, for errors that a server stated."""
    server_code: str | None
    """The server's finer error code, if it sent one."""
    server_message: str | None
    """The server's message, if it sent one. Not trustworthy: escape it before showing it."""

    def __new__(
        cls,
        code: str,
        detail: str = "",
        server_error: str | None = None,
        server_code: str | None = None,
        server_message: str | None = None,
    ) -> CountermarkError:
        kind: type = _class_of(_ROWS[code]) if cls is CountermarkError else cls
        error: CountermarkError = super().__new__(kind, code)
        return error

    def __init__(
        self,
        code: str,
        detail: str = "",
        server_error: str | None = None,
        server_code: str | None = None,
        server_message: str | None = None,
    ) -> None:
        super().__init__(code, detail, server_error, server_code, server_message)
        self.code = code
        self.detail = detail
        self.server_error = server_error
        self.server_code = server_code
        self.server_message = server_message

    @property
    def info(self) -> ErrorInfo:
        """The row of the error table."""
        return _ROWS[self.code]

    @property
    def number(self) -> int:
        """The stable number, the same in every language."""
        return self.info.number

    @property
    def retryable(self) -> bool:
        """Whether the same call may succeed later without any change."""
        return self.info.retryable

    @property
    def http_status(self) -> int:
        """The HTTP status that a middleware should answer."""
        return self.info.http_status

    @property
    def public_message(self) -> str:
        """The text that a remote party may see."""
        return self.info.public_message

    def __str__(self) -> str:
        return f"{self.info.message}: {self.detail}" if self.detail else self.info.message


class ConfigError(CountermarkError):
    """``1xxx``: a mistake of the calling program or its configuration."""


class VerificationError(CountermarkError):
    """``2xxx`` and ``3xxx``: not authentic, or authentic but not acceptable now."""


class ExpiredError(VerificationError):
    """Authentic once, but its time is over."""


class ReplayError(VerificationError):
    """Used before."""


class LoginError(CountermarkError):
    """``4xxx``: a login ended otherwise than by approval."""


class ServerError(CountermarkError):
    """``5xxx``: the server answered with an error or nonsense."""


class TransportError(CountermarkError):
    """``6xxx``: the server was not reached."""


class InternalError(CountermarkError):
    """``9xxx``: a fault inside the library."""


_BY_CODE: dict[str, type[CountermarkError]] = {
    ErrorCode.TIMESTAMP_TOO_OLD: ExpiredError,
    ErrorCode.HANDLE_EXPIRED: ExpiredError,
    ErrorCode.SESSION_EXPIRED: ExpiredError,
    ErrorCode.REPLAYED: ReplayError,
    ErrorCode.ALREADY_CONSUMED: ReplayError,
}

_BY_CLASS: dict[str, type[CountermarkError]] = {
    "caller": ConfigError,
    "not_authentic": VerificationError,
    "not_acceptable": VerificationError,
    "login_ended": LoginError,
    "server": ServerError,
    "transport": TransportError,
    "internal": InternalError,
}


def _class_of(row: ErrorInfo) -> type[CountermarkError]:
    return _BY_CODE.get(row.name) or _BY_CLASS[row.error_class]
