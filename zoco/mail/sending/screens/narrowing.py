"""What a report is narrowed to, by its address: an audience, a domain, whoever followed a link, an arm."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from zoco.ledger.pictures.labels import language_within
from zoco.mail.counting.figures import link_readers
from zoco.mail.counting.models import ADDRESS_LONGEST
from zoco.mail.counting.scope import Only, Scope, listed, members_of
from zoco.mail.counting.tallies import OTHERS
from zoco.mail.sending.models import ARMS, REST
from zoco.mail.sending.reports.scopes import arm_named
from zoco.mail.sending.screens.frame import moment
from zoco.people.audiences.bitmaps import unpacked
from zoco.people.audiences.models import Audience

NARROW = ("audience", "domain", "link", "arm")
ASKED = ("by", "days", "fact", "window", *NARROW)
DOMAIN_LONGEST = 253


@dataclass(frozen=True, slots=True)
class Narrow:
    """What a page is narrowed to. `asked` is all that its address says of the report, but for the page.

    `link` is a language and an address: the same address in two languages is two links.
    """

    asked: dict[str, str]
    board: Audience | None
    domain: str
    link: tuple[str, str]
    arm: str

    def only(self, scope: Scope) -> Only:
        """Return which letters of a scope count."""
        members = members_of(unpacked(self.board.members)) if self.board is not None else ""
        readers = listed(sorted(link_readers(scope.batches, *self.link))) if self.link[1] else ""
        return Only(members, self.domain, readers)

    def url(self, **changed: str) -> str:
        """Return the address of the same report, asked otherwise; empty values are left out."""
        return "?" + urlencode({name: each for name, each in {**self.asked, **changed}.items() if each})

    @property
    def held(self) -> str:
        """What an address of the same letters ends with."""
        kept = {name: each for name in NARROW if (each := self.asked.get(name))}
        return f"?{urlencode(kept)}" if kept else ""

    def said(self, *, arms: Collection[str]) -> dict[str, Any]:
        """Return what the page shows of it; `arms` are those that there are, none where nothing was tried."""
        language, address = self.link
        chips = []
        if self.link[1]:
            named = f"{address} ({language_within(language)})"
            chips.append((_("Followed the link"), named, self.url(link="")))
        if self.domain:
            chips.append((_("Domain of the mailbox"), self.domain, self.url(domain="")))
        if self.arm:
            chips.append((_("Arm"), arm_named(self.arm), self.url(arm="")))
        return {
            "chips": chips,
            "widened": self.url(**dict.fromkeys(NARROW, "")),
            "arms": [(each, arm_named(each)) for each in (*ARMS, REST) if each in arms],
            "arm": self.arm,
            "kept": [(name, self.asked[name]) for name in ("domain", "link") if self.asked.get(name)],
            "audiences": Audience.objects.order_by("name", "pk").values_list("pk", "name"),
            "board": self.board,
            "board_said": board_said(self.board) if self.board is not None else "",
        }


def narrow_of(request: HttpRequest) -> Narrow:
    """Return what an address narrows a report to. Raises Http404 for an audience that is gone."""
    asked = {name: text for name in ASKED if (text := request.GET.get(name, "").strip())}
    language, _colon, address = asked.get("link", "").partition(":")
    domain, arm = asked.get("domain", "").lower(), asked.get("arm", "")
    if "\0" in "".join(asked.values()):
        raise Http404
    return Narrow(
        asked,
        _audience(asked.get("audience", "")),
        domain if domain != OTHERS and len(domain) <= DOMAIN_LONGEST else "",
        (language, address) if len(address) <= ADDRESS_LONGEST else ("", ""),
        arm if arm in (*ARMS, REST) else "",
    )


def _audience(given: str) -> Audience | None:
    """Return whose letters alone are counted. Raises Http404 for one that is gone."""
    if not given.isdecimal() or len(given) > 12:
        return None
    return get_object_or_404(Audience.objects.defer("rules"), pk=given)


def board_said(board: Audience) -> str:
    """Say of which people figures are, and as of when they are members."""
    named = {"name": board.name, "at": moment(board.counted_at) if board.counted_at else ""}
    if board.kind == Audience.Kind.LIVE and named["at"]:
        return _("Only letters to members of %(name)s, as they were counted at %(at)s.") % named
    return _("Only letters to members of %(name)s, as they are now.") % named
