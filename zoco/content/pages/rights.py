"""Who may do what with pages, pictures and documents. Wagtail keeps these rights by page and collection."""

from itertools import product

from django.contrib.auth.models import Group, Permission
from django.db.models import Model, Q, QuerySet
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

WRITERS = ("owner", "marketer")
PAGES = ("add_page", "change_page", "publish_page", "bulk_delete_page", "lock_page", "unlock_page")
FILES = {
    "wagtailimages": ("add_image", "change_image", "choose_image"),
    "wagtaildocs": ("add_document", "change_document", "choose_document"),
}


def rights_ensure() -> None:
    """Let owners and marketers write and publish all pages and files; nothing is taken away."""
    root = Page.get_first_root_node()
    collection = Collection.get_first_root_node()
    if root is None or collection is None:
        return
    pages = Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGES)
    files = Q()
    for label, names in FILES.items():
        files |= Q(content_type__app_label=label, codename__in=names)
    _give(GroupPagePermission, pages, page=root)
    _give(GroupCollectionPermission, Permission.objects.filter(files), collection=collection)


def _give(to: type[Model], permissions: QuerySet[Permission], **where: Model) -> None:
    """Write what is missing, at once."""
    writers = Group.objects.filter(name__in=WRITERS).values_list("pk", flat=True)
    wanted = product(writers, permissions.values_list("pk", flat=True))
    rows = to._default_manager.filter(**where).values_list("group_id", "permission_id")
    missing = sorted(set(wanted) - set(rows))
    to._default_manager.bulk_create(to(group_id=group, permission_id=one, **where) for group, one in missing)
