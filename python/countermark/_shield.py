"""What is to be done to its end, also in a scope of anyio that is canceled."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable
from contextlib import AbstractContextManager, nullcontext
from typing import Any


def shield() -> AbstractContextManager[object]:
    """Lets anyio wait, which else cancels in each round of the loop and leaves the processor no rest."""
    anyio = sys.modules.get("anyio")
    return nullcontext() if anyio is None else anyio.CancelScope(shield=True)


async def to_the_end(work: Awaitable[Any]) -> tuple[asyncio.Future[Any], asyncio.CancelledError | None]:
    """Waits for the end of what a store does: stopped on its way, it may have taken a key that nobody would give back.

    Gives the cancellation that came meanwhile too.
    """
    task, canceled = asyncio.ensure_future(work), None
    with shield():
        while not task.done():
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError as error:
                canceled = error
    return task, canceled
