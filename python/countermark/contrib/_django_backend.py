"""Django: the authentication backend, which users name as ``countermark.contrib.django.CountermarkBackend``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from .._native import LoginOutcome

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


class CountermarkBackend(ModelBackend):
    """Logs in the account of whoever approved: ``authenticate(request, outcome=outcome)``, then ``login(request, user)``.

    ``COUNTERMARK_ID_FIELD`` in the settings names the field of the user model that holds the SecSign ID; without it, the username.
    An ID without an account is refused: make the account first.
    """

    __module__ = "countermark.contrib.django"

    def authenticate(
        self, request: HttpRequest | None, outcome: LoginOutcome | None = None, **credentials: Any
    ) -> AbstractBaseUser | None:
        # Only an outcome of a server proves anything; an ID as text does not.
        if not isinstance(outcome, LoginOutcome) or outcome.secsign_id is None:
            return None
        model = get_user_model()
        field = getattr(settings, "COUNTERMARK_ID_FIELD", model.USERNAME_FIELD)
        user = model._default_manager.filter(**{field: outcome.secsign_id}).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    async def aauthenticate(
        self, request: HttpRequest | None, outcome: LoginOutcome | None = None, **credentials: Any
    ) -> AbstractBaseUser | None:
        # That of `ModelBackend` takes passwords.
        return await sync_to_async(self.authenticate)(request, outcome, **credentials)
