"""Turn the second step of an account on and off, and prove it."""

from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction

from zoco.project.changes.note import note
from zoco.project.entry import codes
from zoco.project.models import RecoveryCode, SecondStep


class CodeWrong(ValueError):
    """The code is none of about now, or was used before."""


@transaction.atomic
def second_step_turn_on(*, user: User, seed: str, typed: str, session_key: str, at: datetime) -> list[str]:
    """Turn it on and return the recovery codes; other sessions of the account end. Raises CodeWrong."""
    step = codes.step_of(seed, "".join(typed.split()), at=at)
    if step is None:
        raise CodeWrong
    SecondStep.objects.create(user=user, seed=seed, used=step, since=at)
    made = recovery_codes_make(user=user)
    sessions_end(user_id=user.pk, but=session_key)
    note(action="second_step.on", subject=user)
    return made


@transaction.atomic
def second_step_turn_off(*, user: User) -> None:
    """Turn it off and forget the recovery codes."""
    SecondStep.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    note(action="second_step.off", subject=user)


@transaction.atomic
def recovery_codes_make(*, user: User) -> list[str]:
    """Make new recovery codes; those from before are worth nothing from now on."""
    made = [codes.recovery_code() for _ in range(codes.RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    digests = [codes.recovery_digest(user.pk, code) for code in made]
    RecoveryCode.objects.bulk_create([RecoveryCode(user=user, digest=each) for each in digests])
    note(action="second_step.codes", subject=user)
    return made


def second_step_prove(*, user: User, typed: str, at: datetime) -> str:
    """Take a code, or else a recovery code, once; return which. Raises CodeWrong."""
    on = SecondStep.objects.filter(user=user).first()
    plain = "".join(typed.split())
    step = codes.step_of(on.seed, plain, at=at) if on else None
    if step is not None and SecondStep.objects.filter(user=user, used__lt=step).update(used=step):
        return "code"
    digest = codes.recovery_digest(user.pk, plain)
    if on and RecoveryCode.objects.filter(user=user, digest=digest).delete()[0]:
        note(action="second_step.recovery", subject=user, by=user)
        return "recovery"
    raise CodeWrong


def sessions_end(*, user_id: int, but: str = "") -> None:
    """End the sessions of an account, except one."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for session in Session.objects.exclude(session_key=but or "").iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user_id):
            store(session_key=session.session_key).delete()


def account_named(name: str) -> User:
    """Return the account. Raises User.DoesNotExist."""
    found: User = get_user_model().objects.get_by_natural_key(name)
    return found
