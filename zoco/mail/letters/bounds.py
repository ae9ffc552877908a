"""How much of a page is read at all: the parsers below us go down a level for each tag that stays open.

Ten thousand levels end the process, not the letter. A page of so few tags has no more levels than that,
whatever is hidden in comments and attributes; mailboxes cut letters long before (Gmail at 102 kB).
"""

import re

from django.utils.translation import gettext_noop

from zoco.mail.letters.drafts import LetterWrong

TAGS_MOST = 3_000
MJML_TAGS_MOST = 800
_BEGINS = re.compile(r"<[^\s/!?]")
_MJML_BEGINS = re.compile(r"<mj-", re.I)


def tags_fit(html: str) -> bool:
    """Return whether a page has no more tags than can be read."""
    return len(_BEGINS.findall(html)) <= TAGS_MOST


def tags_hold(html: str) -> None:
    """Refuse a page of too many tags. Raises LetterWrong."""
    for begins, most in ((_BEGINS, TAGS_MOST), (_MJML_BEGINS, MJML_TAGS_MOST)):
        found = len(begins.findall(html))
        if found > most:
            words = gettext_noop("A letter has at most %(most)s tags; this one has %(has)s.")
            raise LetterWrong(words, most=most, has=found)
