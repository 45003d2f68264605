"""Taking replay keys, giving them back and keeping them, with stores of both kinds."""

from __future__ import annotations

import inspect

from .._native import VerifiedQuery, VerifiedWebhook
from .._said import at_once, reserved
from .._shield import to_the_end
from ..errors import CountermarkError
from ._gate import QueryGate, Refused, WebhookGate, noted


def taken(gate: WebhookGate | QueryGate, verified: VerifiedWebhook | VerifiedQuery) -> None:
    """Reserves the replay key of a verified value."""
    try:
        reserved(at_once(gate.reserve(verified)))  # type: ignore[arg-type]
    except Exception as error:
        raise _not_taken(gate, error, _asked_of_copy(gate, verified, error)) from error


async def taken_async(gate: WebhookGate | QueryGate, verified: VerifiedWebhook | VerifiedQuery) -> None:
    """`taken` for both kinds of store. Whoever is canceled meanwhile has taken nothing."""
    try:
        reserving = gate.reserve(verified)  # type: ignore[arg-type]
        if not inspect.isawaitable(reserving):
            reserved(reserving)
            return
        task, canceled = await to_the_end(reserving)
        if canceled is None:
            reserved(task.result())
            return
    except Exception as error:
        is_done = await _said(_asked_of_copy(gate, verified, error), "is_committed")
        raise _not_taken(gate, error, is_done) from error
    is_taken = not task.cancelled() and task.exception() is None and task.result() is not False
    if is_taken and isinstance(gate, WebhookGate):
        await released_async(gate, verified)  # type: ignore[arg-type]
    raise canceled


async def released_async(gate: WebhookGate, webhook: VerifiedWebhook) -> None:
    """Gives the replay key back, for both kinds of store, even if the caller is canceled meanwhile."""
    await _said(gate.release(webhook), "release")


async def committed_async(gate: WebhookGate, webhook: VerifiedWebhook) -> None:
    """Keeps the replay key in the same way."""
    await _said(gate.commit(webhook), "commit")


def _asked_of_copy(gate: WebhookGate | QueryGate, verified: VerifiedWebhook | VerifiedQuery, error: Exception) -> object:
    """Asks whether the work of a webhook that came before is done, and else nothing. A link is used, whatever came of it."""
    if isinstance(gate, WebhookGate) and isinstance(error, CountermarkError) and error.code == "REPLAYED":
        return gate.is_committed(verified)  # type: ignore[arg-type]
    return None


def _not_taken(gate: WebhookGate | QueryGate, error: Exception, is_done: object) -> Refused:
    if not isinstance(error, CountermarkError):
        # Whatever else a store raises, it did not say whether the key is new.
        return gate.refused(CountermarkError("STORE_UNAVAILABLE"))
    if is_done is True and isinstance(gate, WebhookGate):
        return gate.came_again(error)
    # The first may fail yet.
    return gate.refused(error)


async def _said(asked: object, step: str) -> object:
    """What a store says, if it says anything, even if the caller is canceled meanwhile."""
    if not inspect.isawaitable(asked):
        return asked
    said = None
    task, canceled = await to_the_end(asked)
    with noted(step):
        said = task.result()
    if canceled is not None:
        raise canceled
    return said
