"""What a letter says and lacks: the way out, an address, words for pictures, defaults, its weight."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from zoco.ledger.pictures import formats
from zoco.mail.editing.checks.found import Check
from zoco.mail.editing.checks.pages import Page
from zoco.mail.editing.gallery.samples import samples_left
from zoco.mail.editing.models import Letter
from zoco.mail.editing.seeing import LINKS
from zoco.mail.letters.compiling import Compiled
from zoco.mail.letters.drafts import Draft, many, text_of
from zoco.mail.letters.message import Seen, seen

CLIPPED = 102_400
"""Octets of HTML after which Gmail hides the rest, as Mailchimp and Litmus measured; so the way out, too."""
NEAR = 92_160
LAW = "CAN-SPAM Act, 15 U.S.C. § 7704(a)(5)(A)"


def contents_checked(letter: Letter, draft: Draft, ready: Compiled, page: Page) -> Iterator[Check]:
    """Give what is to be seen to in one language of a letter."""
    language = draft.language
    least, most = _read(ready)
    if not draft.subject.strip():
        yield Check("subject", "bad", _("There is no subject."), _("Write one."), language)
    if letter.purpose == "marketing":
        yield from _ways_out(draft, (least, most))
    yield from _samples(draft)
    yield from _defaults(ready, language)
    yield from _pictures(page, language)
    yield from _weight(len(most.html.encode()), language)


def everybody_sees(ready: Compiled, *ways: str) -> bool:
    """Return whether one of some links is seen, whatever is true of whoever reads the letter."""
    return _are_seen(_read(ready), ways)


def _read(ready: Compiled) -> tuple[Seen, Seen]:
    """Return a letter as it is read where none of its conditions is true, and where all are."""
    values: Mapping[str, Any] = {"links": LINKS}
    return seen(ready, values), seen(ready, values, ready.conditions)


def _are_seen(read: tuple[Seen, ...], ways: Sequence[str]) -> bool:
    return all(any(f'"{LINKS[way]}"' in each.html for way in ways) for each in read)


def _ways_out(draft: Draft, read: tuple[Seen, ...]) -> Iterator[Check]:
    if not _are_seen(read, ("unsubscribe", "preferences")):
        yield Check(
            "unsubscribe",
            "bad",
            _("There is no link to unsubscribe that everybody sees."),
            _("Put a footer in that everybody reads, with words for the link to unsubscribe."),
            draft.language,
            source=LAW + "(ii)",
        )
    if draft.kind != "blocks":
        yield Check(
            "address",
            "warn",
            _("Whether the postal address is in it cannot be seen in a source of your own."),
            _("Look whether it says who writes, with a postal address."),
            draft.language,
            source=LAW + "(iii)",
        )
    elif not everybody_reads_address(draft):
        yield Check(
            "address",
            "bad",
            _("There is no postal address."),
            _("Write it into the footer."),
            draft.language,
            source=LAW + "(iii)",
        )


def everybody_reads_address(draft: Draft) -> bool:
    """Return whether a letter of blocks has a footer with a postal address that is not for some alone."""
    return any(text_of(each, "address").strip() for each in _footers(draft.blocks))


def _footers(blocks: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for block in blocks:
        value = block.get("value") or {}
        if value.get("only") or value.get("without"):
            continue
        if text_of(block, "type") == "footer":
            yield value
        for column in many(value, "columns"):
            yield from _footers(many(column, "blocks"))


def _samples(draft: Draft) -> Iterator[Check]:
    for block, words in samples_left(draft):
        yield Check(
            "sample",
            "warn",
            _("“%(words)s” is still as the template had it.") % {"words": words},
            _("Write your own words there, or take it out."),
            draft.language,
            block,
        )


def _defaults(ready: Compiled, language: str) -> Iterator[Check]:
    for name, block in sorted(ready.asked.bare.items()):
        if name.startswith("links."):
            continue
        yield Check(
            "default",
            "warn",
            _("{{ %(name)s }} has no default: who has none reads nothing there.") % {"name": name},
            _('Write it as {{ %(name)s|default("…") }}.') % {"name": name},
            language,
            block,
        )


def _pictures(page: Page, language: str) -> Iterator[Check]:
    for each in page.pictures:
        shown = {"address": each.address[:80]}
        if not each.alt:
            yield Check(
                "alt",
                "bad" if each.leads else "warn",
                _("The picture %(address)s has no words for whoever does not see it.") % shown,
                _("Write what is on it, or where it leads."),
                language,
                source="WCAG 2.2, 1.1.1",
            )
        if not each.is_sized:
            yield Check(
                "size",
                "warn",
                _("The picture %(address)s has no width.") % shown,
                _("Give it one: Outlook shows it as large as it is, and the letter jumps while it loads."),
                language,
            )


def _weight(size: int, language: str) -> Iterator[Check]:
    if size <= NEAR:
        return
    places = {"size": formats.count(size // 1024)}
    is_over = size > CLIPPED
    yield Check(
        "weight",
        "bad" if is_over else "warn",
        (
            _("The letter weighs %(size)s kB; Gmail hides what comes after 102 kB.") % places
            if is_over
            else _("The letter weighs %(size)s kB; at 102 kB Gmail hides the rest.") % places
        ),
        _("Take blocks out, and link to a page that says the rest."),
        language,
        source="Gmail, 102 kB (Mailchimp, Litmus)",
    )
