"""Wagtail's pictures as an album to choose from, and the public address of copies of them.

Whoever may choose or add a picture there may do so here: by collection, as Wagtail keeps it.
"""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtail.permissions import policy_registry

from zoco.content.pages.copies import FOLDER, copy_keep
from zoco.kit.pictures import ALBUMS, Picture, PictureWrong, Thumb

THUMB = "max-165x165"
TITLE_LONGEST = 120
FILE_LARGEST = 10 * 1024 * 1024
KINDS = {"jpg": "image/jpeg", "png": "image/png"}


@ALBUMS.plug
class WagtailAlbum:
    """Pictures of the site, those of Wagtail."""

    key = "wagtail"

    def may_choose(self, user: Any) -> bool:
        """Return whether somebody may choose any of them."""
        return bool(_policy().user_has_any_permission(user, ["choose", "add", "change"]))

    def may_add(self, user: Any) -> bool:
        """Return whether somebody may add to some collection."""
        return bool(_policy().user_has_permission(user, "add"))

    def found(self, user: Any, words: str, most: int) -> Sequence[Thumb]:
        """Return those that he may choose."""
        rows = _chosen(user)
        for word in words.split():
            rows = rows.filter(title__icontains=word)
        rows = rows.order_by("-created_at", "-pk").prefetch_renditions(THUMB)[:most]
        return [Thumb(str(each.pk), each.title, _thumb(each)) for each in rows]

    def add(self, user: Any, file: Any, alt: str) -> str:
        """Keep a file through Wagtail's own form, after what letters want of it."""
        if not self.may_add(user):
            raise PictureWrong(gettext_noop("You may not add pictures; choose one that is there."))
        _upload_checked(file)
        collection = _policy().collections_user_has_permission_for(user, "add").first()
        title = PurePosixPath(file.name).stem[:TITLE_LONGEST] or "picture"
        given = {"title": title, "description": alt[:255], "tags": "", "collection": collection.pk}
        instance = get_image_model()(uploaded_by_user=user, collection=collection)
        form = get_image_form(get_image_model())(given, {"file": file}, instance=instance, user=user)
        if not form.is_valid():
            said = [str(each) for errors in form.errors.values() for each in errors]
            raise PictureWrong("%(why)s", why=" ".join(said))
        return str(form.save().pk)

    def copied(self, user: Any, key: str, width: int) -> Picture:
        """Return a copy of one that he may choose."""
        found = _chosen(user).filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
        if found is None:
            raise PictureWrong(gettext_noop("That picture is not there any more; choose another."))
        return image_copied(found, width=width)


def image_copied(image: Any, *, width: int) -> Picture:
    """Return a copy of one of Wagtail's pictures. Raises PictureWrong."""
    try:
        with image.open_file() as file:
            kept = copy_keep(file, width=width)
    except OSError as wrong:
        raise PictureWrong(gettext_noop("The file of that picture is gone; choose another.")) from wrong
    name = PurePosixPath(kept.name)
    address = reverse("zoco_letter_picture", args=[name.stem, name.suffix[1:]])
    root = str(settings.WAGTAILADMIN_BASE_URL).rstrip("/")
    return Picture(root + address, image.description, kept.width, kept.height)


@require_safe
def picture(request: HttpRequest, digest: str, kind: str) -> FileResponse:
    """Give a copy to whoever reads a letter; it never changes. Raises Http404."""
    try:
        file = default_storage.open(f"{FOLDER}/{digest}.{kind}")
    except (OSError, SuspiciousOperation) as wrong:
        raise Http404 from wrong
    answer = FileResponse(file, content_type=KINDS[kind])
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _policy() -> Any:
    return policy_registry.get_by_type(get_image_model())


def _chosen(user: Any) -> Any:
    return _policy().instances_user_has_any_permission_for(user, ["choose"])


def _thumb(image: Any) -> str:
    try:
        return str(image.get_rendition(THUMB).url)
    except OSError:  # its file is gone: the title is left
        return ""


def _upload_checked(file: Any) -> None:
    """Refuse what Wagtail would read before it refuses it, and drawings that no mailbox shows."""
    if file.size > FILE_LARGEST:
        words = gettext_noop("The file is larger than %(most)s MB; make it smaller first.")
        raise PictureWrong(words, most=FILE_LARGEST // (1024 * 1024))
    begins = file.read(512).lstrip(b"\xef\xbb\xbf\0 \t\r\n")
    file.seek(0)
    if file.name.lower().endswith((".svg", ".svgz")) or begins[:1] == b"<":
        words = gettext_noop("Mailboxes show no SVG; save it as PNG and upload that.")
        raise PictureWrong(words)
