"""Live pages of the site as articles of letters: title, picture, summary, address; in the reader's words."""

from collections.abc import Sequence
from typing import Any

from django.core.cache import cache
from django.db.models import Exists, OuterRef
from django.utils.text import Truncator
from wagtail.models import Page

from zoco.content.pages.pictures import image_copied
from zoco.kit.pictures import Picture, PictureWrong
from zoco.kit.showing import SHOWCASES, Shown, ShownKind

SUMMARY_LONGEST = 240
WIDTH = 552
"""Pixels of a picture over the whole width of a letter."""
KEPT_SECONDS = 86_400


@SHOWCASES.plug
class Pages:
    """Pages of the site that everybody may read."""

    key = "pages"
    kind: ShownKind = "article"

    def shown(self, key: str, language: str) -> Shown | None:
        """Return a page, or its live translation into the language."""
        first = _public().filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
        if first is None:
            return None
        page = _translated(first, language).specific
        found = _picture(page)
        text = page.search_description or getattr(page, "intro", "")
        return Shown(
            title=page.title,
            link=page.full_url or "",
            text=Truncator(" ".join(text.split())).chars(SUMMARY_LONGEST),
            url=found.url if found else "",
            alt=found.alt if found else "",
            width=found.width if found else None,
            height=found.height if found else None,
        )

    def found(self, words: str, most: int) -> Sequence[tuple[str, str]]:
        """Return pages, of those in several languages the one that was there first."""
        earlier = _public().filter(translation_key=OuterRef("translation_key"), pk__lt=OuterRef("pk"))
        rows = _public().filter(~Exists(earlier), depth__gt=2)
        for word in words.split():
            rows = rows.filter(title__icontains=word)
        rows = rows.order_by("-first_published_at", "-pk").values_list("pk", "title")[:most]
        return [(str(pk), title) for pk, title in rows]


def _public() -> Any:
    return Page.objects.live().public()


def _translated(page: Page, language: str) -> Page:
    pages = {page.locale.language_code.casefold(): page}
    for each in page.get_translations().live().public().select_related("locale"):
        pages.setdefault(each.locale.language_code.casefold(), each)
    wanted = language.casefold()
    near = (code for code in pages if code.partition("-")[0] == wanted.partition("-")[0])
    return pages.get(wanted) or pages.get(next(near, ""), page)


def _picture(page: Any) -> Picture | None:
    """Return the first picture of a page; a page without one is shown without."""
    blocks = getattr(page, "body", ())
    image = next((each.value for each in blocks if each.block_type == "image" and each.value), None)
    if image is None:
        return None
    name = f"zoco_content.copy.{image.pk}.{image.file_hash}"
    found: Picture | None = cache.get(name)
    if found is None:
        try:
            found = image_copied(image, width=WIDTH)
        except PictureWrong:
            return None
        cache.set(name, found, KEPT_SECONDS)
    alt = (
        "" if getattr(image, "decorative", False) else getattr(image, "contextual_alt_text", "") or found.alt
    )
    return Picture(found.url, alt, found.width, found.height)
