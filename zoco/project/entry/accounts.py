"""The owner's account and its first password."""

import os
import secrets
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.db import transaction

from zoco.kit import conf
from zoco.project.models import FirstPassword
from zoco.project.roles import roles_ensure

OWNER = "owner"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def first_password() -> str:
    """Return a password of about 79 bits that is easy to type: four groups of four."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


@transaction.atomic
def owner_ensure() -> tuple[str, str] | None:
    """Make the owner's account if nobody can log in yet; return its name and first password."""
    roles_ensure()
    users = get_user_model()
    if users.objects.filter(is_active=True, is_superuser=True).exists():
        return None
    password = first_password()
    owner = users.objects.create_superuser(username=OWNER, email="", password=password)
    owner.groups.add(Group.objects.get(name="owner"))
    FirstPassword.objects.create(user=owner)
    return OWNER, password


def password_keep(password: str) -> Path:
    """Write the owner's first password into a file for this user's eyes, until it is used; returns which."""
    path = _kept()
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{password}\n")
    return path


def _kept() -> Path:
    return conf.DATA() / "first-password"


def password_is_first(user_id: int) -> bool:
    """Return whether the account still has the password that it was given."""
    return FirstPassword.objects.filter(user_id=user_id).exists()


def password_chosen(*, user_id: int) -> None:
    """Note that the account has a password of its own."""
    FirstPassword.objects.filter(user_id=user_id).delete()
    if get_user_model().objects.filter(pk=user_id, username=OWNER).exists():
        _kept().unlink(missing_ok=True)


@transaction.atomic
def first_password_give(*, user: User) -> str:
    """Give the account another first password and return it; its sessions end with the old one."""
    password = first_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    FirstPassword.objects.get_or_create(user=user)
    return password
