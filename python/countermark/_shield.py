"""What is to be done to its end, also in a scope of anyio that is canceled."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext


def shield() -> AbstractContextManager[object]:
    """Lets anyio wait, which else cancels in each round of the loop and leaves the processor no rest."""
    anyio = sys.modules.get("anyio")
    return nullcontext() if anyio is None else anyio.CancelScope(shield=True)
