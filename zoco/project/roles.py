"""Roles as Django groups: owner, marketer, analyst. Made again after each migrate.

What a role should no longer have is taken away, if it came from here. What owners add to a role, or take
from it, stays as they left it; other groups are never touched.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from zoco.content.pages.rights import rights_ensure
from zoco.project.changes.watching import quiet
from zoco.project.models import RoleGrant

SHARED = ("wagtailadmin.access_admin",)
READ_ONLY = ("zoco_sites", "zoco_ledger", "zoco_moving", "zoco_channels")
# Of sites, a marketer says where visits come from, and what is not counted.
SOURCES = ("sourcerule", "sourcenetwork", "exclusion")
# Owners alone change where passwords of mail lie, and do what nothing brings back.
OWNERS = ("mailbox", "erase_person")
PAGES = ("wagtailimages", "wagtaildocs", "wagtailredirects")
# Nobody: the logs are only ever added to, and sessions and tasks are the program's own.
NOBODYS = ("logentry", "modellogentry", "pagelogentry", "session", "permission", "contenttype")


class Right(NamedTuple):
    """A permission, with what its roles are told by."""

    pk: int
    codename: str
    label: str
    model: str


@transaction.atomic
def roles_ensure() -> None:
    """Give each role what is new and meant for it; take away what was given and is so no longer."""
    with quiet():
        _ensure()


def _ensure() -> None:
    fields = ("pk", "codename", "content_type__app_label", "content_type__model")
    existing = [Right(*row) for row in Permission.objects.order_by("pk").values_list(*fields)]
    groups = {group.name: group for group in Group.objects.filter(name__in=("owner", "marketer", "analyst"))}
    for name, wanted in (("owner", _owner), ("marketer", _marketer), ("analyst", _analyst)):
        group = groups.get(name) or Group.objects.get_or_create(name=name)[0]
        _grant(group, {one.pk for one in wanted(existing)})
    rights_ensure()


def _grant(group: Group, wanted: set[int]) -> None:
    """Write what differs, and nothing if nothing does: that is asked at each start."""
    noted = set(RoleGrant.objects.filter(group=group).values_list("permission_id", flat=True))
    given = noted or _given_before(group, wanted)
    if new := wanted - given:
        group.permissions.add(*new)
    if old := given - wanted:
        group.permissions.remove(*old)
        RoleGrant.objects.filter(group=group, permission_id__in=old).delete()
    notes = [RoleGrant(group=group, permission_id=pk) for pk in sorted(wanted - noted)]
    RoleGrant.objects.bulk_create(notes, ignore_conflicts=True)


def _given_before(group: Group, wanted: set[int]) -> set[int]:
    """Return what an earlier version gave without noting it: an owner all there was, the others their own."""
    held = set(group.permissions.values_list("pk", flat=True))
    return held if group.name == "owner" else held & wanted


def _owner(permissions: Iterable[Right]) -> list[Right]:
    return [one for one in permissions if one.model not in NOBODYS]


def _marketer(permissions: Iterable[Right]) -> list[Right]:
    """See and change what areas own, but neither accounts nor sites nor the ledger's own tables.

    Nor is anybody erased: that is for owners.
    """
    return [
        one
        for one in permissions
        if _shared(one)
        or one.label in PAGES
        or one.model in SOURCES
        or (_ours(one) and (_reads(one) or not _is_owners(one)))
    ]


def _analyst(permissions: Iterable[Right]) -> list[Right]:
    """See everything of ours, change nothing."""
    return [one for one in permissions if _shared(one) or (_ours(one) and _reads(one))]


def _ours(permission: Right) -> bool:
    label = permission.label
    return label.startswith("zoco_") and label != "zoco_project"


def _is_owners(permission: Right) -> bool:
    return permission.label in READ_ONLY or not {permission.model, permission.codename}.isdisjoint(OWNERS)


def _reads(permission: Right) -> bool:
    return permission.codename.startswith("view_")


def _shared(permission: Right) -> bool:
    return f"{permission.label}.{permission.codename}" in SHARED
