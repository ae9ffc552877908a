"""Roles as Django groups: owner, marketer, analyst. Made again after each migrate.

What a role should no longer have is taken away, if it came from here. What owners add to a role, or take
from it, stays as they left it; other groups are never touched.
"""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from zoco.content.pages.rights import rights_ensure
from zoco.project.changes.watching import quiet
from zoco.project.models import RoleGrant

WRITE_VERBS = ("add_", "change_", "delete_")
SHARED = ("wagtailadmin.access_admin",)
READ_ONLY = ("zoco_sites", "zoco_ledger", "zoco_moving", "zoco_channels")
# Of sites, a marketer says where visits come from, and what is not counted.
SOURCES = ("sourcerule", "sourcenetwork", "exclusion")
# Owners alone change where passwords of mail lie, and do what nothing brings back.
OWNERS = ("mailbox", "erase_person")
PAGES = ("wagtailimages", "wagtaildocs", "wagtailredirects")
# Nobody: the logs are only ever added to, and sessions and tasks are the program's own.
NOBODYS = ("logentry", "modellogentry", "pagelogentry", "session", "permission", "contenttype")


@transaction.atomic
def roles_ensure() -> None:
    """Give each role what is new and meant for it; take away what was given and is so no longer."""
    with quiet():
        _ensure()


def _ensure() -> None:
    existing = list(Permission.objects.select_related("content_type"))
    for name, wanted in (("owner", _owner), ("marketer", _marketer), ("analyst", _analyst)):
        group, _ = Group.objects.get_or_create(name=name)
        _grant(group, {one.pk for one in wanted(existing)})
    rights_ensure()


def _grant(group: Group, wanted: set[int]) -> None:
    given = set(RoleGrant.objects.filter(group=group).values_list("permission_id", flat=True))
    if not given:
        given = _given_before(group, wanted)
    group.permissions.add(*wanted - given)
    group.permissions.remove(*given - wanted)
    RoleGrant.objects.filter(group=group, permission_id__in=given - wanted).delete()
    new = [RoleGrant(group=group, permission_id=pk) for pk in sorted(wanted)]
    RoleGrant.objects.bulk_create(new, ignore_conflicts=True)


def _given_before(group: Group, wanted: set[int]) -> set[int]:
    """Return what an earlier version gave without noting it: an owner all there was, the others their own."""
    held = set(group.permissions.values_list("pk", flat=True))
    return held if group.name == "owner" else held & wanted


def _owner(permissions: Iterable[Permission]) -> list[Permission]:
    return [one for one in permissions if one.content_type.model not in NOBODYS]


def _marketer(permissions: Iterable[Permission]) -> list[Permission]:
    """See and change what areas own, but neither accounts nor sites nor the ledger's own tables.

    Nor is anybody erased: that is for owners.
    """
    return [
        one
        for one in permissions
        if _shared(one)
        or one.content_type.app_label in PAGES
        or one.content_type.model in SOURCES
        or (_ours(one) and (_reads(one) or not _is_owners(one)))
    ]


def _analyst(permissions: Iterable[Permission]) -> list[Permission]:
    """See everything of ours, change nothing."""
    return [one for one in permissions if _shared(one) or (_ours(one) and _reads(one))]


def _ours(permission: Permission) -> bool:
    label = permission.content_type.app_label
    return label.startswith("zoco_") and label != "zoco_project"


def _is_owners(permission: Permission) -> bool:
    of = permission.content_type
    return of.app_label in READ_ONLY or of.model in OWNERS or permission.codename in OWNERS


def _reads(permission: Permission) -> bool:
    return permission.codename.startswith("view_")


def _shared(permission: Permission) -> bool:
    return f"{permission.content_type.app_label}.{permission.codename}" in SHARED
