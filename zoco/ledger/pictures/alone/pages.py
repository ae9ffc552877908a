"""Pictures of pages that are no reports: a file by the page's own address, with its picture's name in it.

The page's own view answers it, so that who may see the page may have its pictures, and nobody else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zoco.ledger.pictures import formats, moments
from zoco.ledger.pictures.alone.files import sheet
from zoco.ledger.pictures.alone.laying import INNER, Body, fitted, lines
from zoco.ledger.pictures.explained import Explained

ASKED = "picture"
"""The word of the address that names a picture."""


class OfSite(Protocol):
    """A site as far as a picture names it."""

    @property
    def name(self) -> str: ...
    @property
    def slug(self) -> str: ...
    @property
    def zone(self) -> str: ...
    @property
    def is_demo(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Everywhere:
    """What a picture is of that belongs to no site: people, letters."""

    name: str
    slug: str
    zone: str
    is_demo: bool = False


def everywhere() -> Everywhere:
    """Return all sites as one, with the zone in which such pages write moments."""
    return Everywhere(_("All sites"), "all", str(moments.zone()))


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture that a page shows: its name in addresses, and how its file is drawn, once it is asked for.

    `about` says what it is of beside the site: a period, a trial.
    """

    key: str
    title: str
    about: str
    body: Callable[[], Body]
    explained: Explained


@dataclass(frozen=True, slots=True)
class Offered:
    """The addresses of a picture's files, ready for the page."""

    url: str
    png_name: str


def answered(
    request: HttpRequest, template: str, values: Mapping[str, object], *, drawings: Sequence[Drawing],
    site: OfSite, stem: str, now: datetime,
) -> HttpResponse:  # fmt: skip
    """Render a page with `pictures`, by their keys, or send the file of the one that is asked for.

    `stem` begins the file's name. Raises Http404 for a picture that the page has not.
    """
    file = file_asked(request, drawings, site, stem, now)
    if file is not None:
        return file
    return render(request, template, {**values, "pictures": offered(request, drawings, site, stem)})


def file_asked(
    request: HttpRequest, drawings: Sequence[Drawing], site: OfSite, stem: str, now: datetime
) -> HttpResponse | None:
    """Return the file that the address names, None where it names none. Raises Http404."""
    wanted = request.GET.get(ASKED, "")
    if not wanted:
        return None
    found = next((each for each in drawings if each.key == wanted), None)
    if found is None:
        raise Http404(_("There is no such picture."))
    named = f'attachment; filename="{_file(site, stem, found.key)}.svg"'
    return HttpResponse(
        drawn(found, site=site, now=now),
        content_type="image/svg+xml",
        headers={"Content-Disposition": named, "Cache-Control": "no-store"},
    )


def offered(request: HttpRequest, drawings: Sequence[Drawing], site: OfSite, stem: str) -> dict[str, Offered]:
    """Return the files of pictures by their keys."""
    query = request.GET.copy()
    found = {}
    for each in drawings:
        query[ASKED] = each.key
        found[each.key] = Offered(f"?{query.urlencode()}", f"{_file(site, stem, each.key)}.png")
    return found


def _file(site: OfSite, stem: str, key: str) -> str:
    demo = "demo-data_" if site.is_demo else ""
    return f"{demo}{site.slug}_{stem}_{key}"


def drawn(drawing: Drawing, *, site: OfSite, now: datetime) -> str:
    """Return the SVG of a picture: what it is of above, where it comes from and how sure it is below."""
    said = [site.name, drawing.about, *([_("Demo data")] if site.is_demo else [])]
    head = [(fitted(" · ".join(filter(None, said)), INNER, 14), "ink base")]
    made = _("Source: Zoco. Made %(made)s, %(zone)s.") % {
        "made": formats.moment(now.astimezone(ZoneInfo(site.zone))), "zone": site.zone,
    }  # fmt: skip
    explained = drawing.explained
    texts = (
        made,
        _("Method: %(source)s") % {"source": explained.source},
        _("Uncertainty: %(words)s") % {"words": explained.uncertainty},
    )
    foot = [(line, "") for text in texts for line in lines(str(text), INNER, 6)]
    return sheet(title=drawing.title, site=site.name, head=head, body=drawing.body(), foot=foot)
