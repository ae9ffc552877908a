"""All checks of a letter, in each of its languages; whoever sends shows them before it leaves."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from zoco.kit.said import Said
from zoco.mail.editing.checks.contents import contents_checked
from zoco.mail.editing.checks.filters import filters_met
from zoco.mail.editing.checks.found import Check
from zoco.mail.editing.checks.links import links_checked, links_follow
from zoco.mail.editing.checks.pages import page_read
from zoco.mail.editing.models import Letter
from zoco.mail.editing.reads import letter_drafts
from zoco.mail.editing.wrongs import words_of
from zoco.mail.letters.compiling import compiled
from zoco.mail.letters.drafts import Draft


def letter_checks(letter: Letter) -> Sequence[Check]:
    """Return what is to be seen to before a letter is sent, what is bad first. It asks nobody outside.

    Whether links lead somewhere is known for an hour after `letter_links_follow`; else it says so.
    """
    drafts = letter_drafts(letter)
    if not drafts:
        return [Check("empty", "bad", _("The letter has no language."), _("Add one, and write it."))]
    found = [each for draft in drafts for each in _checked(letter, draft)]
    return sorted(found, key=lambda each: each.grade != "bad")


def letter_links_follow(letter: Letter) -> int:
    """Follow the links of a letter in all languages, for 20 seconds at most; returns how many are left."""
    found: list[str] = []
    for draft in letter_drafts(letter):
        try:
            found += compiled(draft).links
        except Said:
            continue
    return links_follow(found)


def _checked(letter: Letter, draft: Draft) -> Iterator[Check]:
    try:
        ready = compiled(draft)
    except Said as wrong:
        words = words_of(wrong)
        yield Check("broken", "bad", words, _("Open it in the editor and mend it."), draft.language)
        return
    page = page_read(ready.page)
    yield from contents_checked(letter, draft, ready, page)
    yield from links_checked(ready.links, draft.language)
    yield from filters_met(draft.subject, page, draft.language)
