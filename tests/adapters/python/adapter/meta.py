"""`meta.*`"""

from __future__ import annotations

from typing import Any

import countermark

from .fields import Fields


def errors(_: Fields) -> dict[str, Any]:
    return {
        "errors": [
            {
                "number": row.number,
                "name": row.name,
                "class": row.error_class,
                "retryable": row.retryable,
                "http_status": row.http_status,
            }
            for row in countermark.list_errors()
        ]
    }


def version(_: Fields) -> dict[str, Any]:
    return {"version": countermark.__version__, "abi": countermark.ABI_VERSION}


def states(_: Fields) -> dict[str, Any]:
    return {
        "states": [
            {"number": state.number, "name": state.name, "terminal": state.is_terminal}
            for state in countermark.list_states()
        ]
    }
