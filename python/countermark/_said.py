"""What a store of another kind says: nobody may take it for a key that is new."""

from __future__ import annotations

import inspect

from .errors import CountermarkError


def reserved(said: object) -> None:
    """`False` is how the stores of other languages say that a key is taken."""
    if said is False:
        raise CountermarkError("REPLAYED")


def at_once(said: object) -> object:
    """For a caller that can await nothing."""
    if not inspect.isawaitable(said):
        return said
    if inspect.iscoroutine(said):
        # Else Python warns that nobody awaited it, of code that is not the user's.
        said.close()
    raise CountermarkError("STORE_UNAVAILABLE", "an asyncio store in a program without asyncio")
