"""Who may do what with pages, pictures and documents. Wagtail keeps these rights by page and collection."""

from django.contrib.auth.models import Group, Permission
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
    groups = Group.objects.filter(name__in=WRITERS)
    if root is None or collection is None:
        return
    pages = Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGES)
    files = [
        one
        for label, names in FILES.items()
        for one in Permission.objects.filter(content_type__app_label=label, codename__in=names)
    ]
    for group in groups:
        for one in pages:
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=one)
        for one in files:
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=collection, permission=one
            )
