"""Roles as Django groups: owner, marketer, analyst. Made again after each migrate; nothing is taken away."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from zoco.content.pages.rights import rights_ensure

WRITE_VERBS = ("add_", "change_", "delete_")
SHARED = ("wagtailadmin.access_admin",)
READ_ONLY = ("zoco_sites", "zoco_ledger")
PAGES = ("wagtailimages", "wagtaildocs", "wagtailredirects")


@transaction.atomic
def roles_ensure() -> None:
    """Give each role the permissions that exist now and are meant for it."""
    existing = list(Permission.objects.select_related("content_type"))
    for name, wanted in (("owner", _owner), ("marketer", _marketer), ("analyst", _analyst)):
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*wanted(existing))
    rights_ensure()


def _owner(permissions: Iterable[Permission]) -> list[Permission]:
    return list(permissions)


def _marketer(permissions: Iterable[Permission]) -> list[Permission]:
    """See and change what areas own, but neither accounts nor sites nor the ledger's own tables."""
    return [
        one
        for one in permissions
        if _shared(one)
        or one.content_type.app_label in PAGES
        or (_ours(one) and (one.content_type.app_label not in READ_ONLY or _reads(one)))
    ]


def _analyst(permissions: Iterable[Permission]) -> list[Permission]:
    """See everything of ours, change nothing."""
    return [one for one in permissions if _shared(one) or (_ours(one) and _reads(one))]


def _ours(permission: Permission) -> bool:
    label = permission.content_type.app_label
    return label.startswith("zoco_") and label != "zoco_project"


def _reads(permission: Permission) -> bool:
    return not permission.codename.startswith(WRITE_VERBS)


def _shared(permission: Permission) -> bool:
    return f"{permission.content_type.app_label}.{permission.codename}" in SHARED
