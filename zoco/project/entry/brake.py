"""The brake on guessing passwords: so many failed log-ins in a quarter of an hour, then none.

Counted by account and address together, by address, and (high, so that nobody can lock out
somebody else easily) by account. For second steps the limit by account is low: only who knows the
password gets that far. Keys are digests; neither names nor addresses are stored.
"""

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import LoginForm

from zoco.kit.floods.lines import network
from zoco.project.changes.note import note
from zoco.project.models import Brake, SecondStep
from zoco.sites.clients import client_address

WINDOW = timedelta(minutes=15)
# A window that ends later was begun by a clock that has been set back since.
BELIEVED = 2 * WINDOW
LIMITS = {"both": 10, "address": 50, "account": 100, "step": 10}
# No name of an account begins with it.
STEP = "\0step "


def is_braked(request: HttpRequest, account: str, *, at: datetime) -> bool:
    """Return whether no further log-in may be tried for now."""
    keys = _keys(request, account)
    current = Brake.objects.filter(key__in=keys, until__gt=at, until__lte=at + BELIEVED)
    counted = dict(current.values_list("key", "failures"))
    return any(counted.get(key, 0) >= LIMITS[kind] for key, kind in keys.items())


@transaction.atomic
def failure_count(request: HttpRequest, account: str, *, at: datetime) -> None:
    """Count a failed log-in."""
    Brake.objects.exclude(until__gt=at, until__lte=at + BELIEVED).delete()
    for key in _keys(request, account):
        entry, is_new = Brake.objects.get_or_create(key=key, defaults={"failures": 1, "until": at + WINDOW})
        if not is_new:
            Brake.objects.filter(key=entry.key).update(failures=F("failures") + 1)


def release(request: HttpRequest, account: str) -> None:
    """Forget the failures of an account from this address: it has logged in."""
    own = [key for key, kind in _keys(request, account).items() if kind in {"both", "step"}]
    Brake.objects.filter(key__in=own).delete()


def step_of(user: User) -> str:
    """Return under which name failed second steps of an account are counted."""
    return f"{STEP}{user.pk}"


def _keys(request: HttpRequest, account: str) -> dict[str, str]:
    address, name = network(client_address(request)), account.casefold()
    parts = {"both": f"{address}\0{name}", "address": address, "account": name}
    if name.startswith(STEP):
        parts["step"] = parts.pop("account")
    secret = settings.SECRET_KEY.encode()[:64]
    return {
        blake2b(f"{kind}\0{part}".encode(), key=secret, digest_size=32).hexdigest(): kind
        for kind, part in parts.items()
    }


class BrakedBackend(ModelBackend):
    """Django's own log-in by name and password, with the brake before it."""

    def authenticate(self, request: HttpRequest | None, **given: Any) -> User | None:  # type: ignore[override]
        """Return the user, or None. Raises PermissionDenied while the brake holds."""
        username = given.get("username")
        if request is None or not username:
            return super().authenticate(request, **given)
        now = timezone.now()
        if is_braked(request, username, at=now):
            raise PermissionDenied
        user = super().authenticate(request, **given)
        if user is None:
            failure_count(request, username, at=now)
            _note_failure(username)
        else:
            release(request, username)
            if not SecondStep.objects.filter(user=user).exists():
                note(action="login", subject=user, by=user)
        return user


def _note_failure(username: str) -> None:
    """Write the failed log-in down. A name that no account has may be a password typed too early."""
    meant = get_user_model().objects.filter(**{get_user_model().USERNAME_FIELD: username}).first()
    note(action="login.failed", subject=meant, kind=get_user_model()._meta.label_lower)


class BrakedLoginForm(LoginForm):
    """Wagtail's log-in form; says so while the brake holds, and has its labels in the reader's language."""

    def __init__(self, request: HttpRequest | None = None, *args: Any, **more: Any) -> None:
        super().__init__(request, *args, **more)  # type: ignore[no-untyped-call]
        self.fields["password"].label = _("Password")

    def clean(self) -> dict[str, Any]:
        """Refuse before the password is looked at."""
        name = self.cleaned_data.get("username") or ""
        if self.request is not None and name and is_braked(self.request, name, at=timezone.now()):
            raise ValidationError(
                _("Too many failed attempts. Wait a quarter of an hour, then try again."), code="braked"
            )
        cleaned: dict[str, Any] = super().clean()
        return cleaned
