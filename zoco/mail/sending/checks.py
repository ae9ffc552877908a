"""What speaks against a start: of the letter, the people, the account, the domain, and the test."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _
from pyroaring import BitMap

from zoco.channels.contract import CHANNELS
from zoco.channels.domains.verdicts import domain_verdict
from zoco.channels.models import Account
from zoco.consent.models import Purpose
from zoco.ledger.pictures.labels import language_within
from zoco.mail.counting.conf import COUNT_CLICKS
from zoco.mail.editing.checks.contents import everybody_reads_address, everybody_sees
from zoco.mail.editing.gallery.samples import samples_left
from zoco.mail.editing.models import Letter
from zoco.mail.editing.wrongs import words_of
from zoco.mail.letters.compiling import Compiled, compiled
from zoco.mail.letters.conditions import conditions_held
from zoco.mail.letters.drafts import Draft, LetterWrong
from zoco.mail.letters.placeholders import PlaceholderWrong
from zoco.mail.sending.freezing import drafts_of, frozen
from zoco.mail.sending.models import REST, Leg, Sending
from zoco.mail.sending.people import arm_sizes, opened_unknown, people_of

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,4})?\Z")
WAY_OUT = "unsubscribe"


class Weight(StrEnum):
    """How much a problem weighs: it stops everybody, an owner may go on with a reason, or it is only said."""

    STOPS = "stops"
    OWNER = "owner"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that speaks against a start, in the reader's language."""

    words: str
    weight: Weight = Weight.STOPS
    mend: tuple[object, ...] = ()
    """Where that is mended: the name of a page, and what it is about."""


def legs_of(sending: Sending) -> list[Leg]:
    """Return the arms of a test; without one the single leg that there will be."""
    return list(sending.legs.exclude(arm=REST).select_related("letter__site")) or [
        Leg(sending=sending, arm=REST, letter=sending.letter, subjects=sending.subjects)
    ]


def problems_of(
    sending: Sending, *, now: datetime, people: BitMap | None = None, legs: list[Leg] | None = None
) -> list[Problem]:
    """Return what speaks against starting now, the gravest first."""
    legs = legs_of(sending) if legs is None else legs
    people = people_of(sending) if people is None else people
    found = [
        *_people(sending, people, now),
        *account_problems(sending.account, now=now, mend=_edit(sending)),
    ]
    for letter in {each.letter.pk: each.letter for each in legs}.values():
        mine = [each for each in legs if each.letter == letter]
        found += letter_problems(letter, [draft for leg in mine for draft in drafts_of(letter, leg.subjects)])
    found += _test(sending, legs, people)
    order = list(Weight)
    return sorted(dict.fromkeys(found), key=lambda each: order.index(each.weight))


def _people(sending: Sending, people: BitMap, now: datetime) -> Iterator[Problem]:
    edit = _edit(sending)
    if sending.audience is None and not sending.is_again:
        yield Problem(_("The audience is not there any more; choose another one."), mend=edit)
    elif sending.again_of is not None and (why := opened_unknown(sending.again_of, now=now)):
        yield Problem(_(why))
    elif not people:
        yield Problem(_("Nobody is in the audience."), mend=_audience_of(sending) or edit)
    if sending.audience is not None and sending.audience.wrong:
        words = _("The audience is as it was when it could be counted last: %(why)s")
        yield Problem(words % {"why": sending.audience.wrong}, Weight.NOTE, _audience_of(sending))


def account_problems(
    account: Account | None, *, now: datetime, mend: tuple[object, ...]
) -> Iterator[Problem]:
    """Yield what speaks against an account and its domain; `mend` is where another one is chosen."""
    if account is None:
        yield Problem(_("No account is chosen by which the letter leaves."), mend=mend)
        return
    channel = CHANNELS.get(account.adapter)
    if (channel.means or channel.key) != "email":
        words = _("%(account)s does not send e-mail; choose another account.") % {"account": account}
        yield Problem(words, mend=mend)
        return
    if not account.is_on:
        words = _("The account %(account)s is off; switch it on first.") % {"account": account}
        yield Problem(words, mend=("zoco_channels_account", account.pk))
    verdict = domain_verdict(account.options.get("from_address", ""), now=now)
    if not verdict.may_start:
        for words in verdict.problems:
            yield Problem(words, Weight.OWNER, ("zoco_domains",))


def letter_problems(letter: Letter, drafts: list[Draft]) -> Iterator[Problem]:
    """Yield what speaks against a letter that says this."""
    here = ("zoco_letter", letter.pk)
    if letter.is_archived:
        yield Problem(_("The letter %(letter)s is archived.") % {"letter": letter}, mend=here)
    if not drafts:
        words = _("The letter %(letter)s says nothing yet; write it first.")
        yield Problem(words % {"letter": letter}, mend=here)
    for draft in drafts:
        named = {"letter": letter.name, "language": language_within(draft.language)}
        editor = ("zoco_letter_edition", letter.pk, draft.language)
        if not draft.subject:
            yield Problem(_("%(letter)s (%(language)s): it has no subject.") % named, mend=editor)
        if not _LANGUAGE.match(draft.language):
            words = _("%(letter)s (%(language)s): write the language shorter, such as es or zh-Hans.")
            yield Problem(words % named, mend=here)
        for _block, sample in samples_left(draft):
            words = _("%(letter)s (%(language)s): “%(words)s” is still as the template had it.")
            yield Problem(words % {**named, "words": sample}, Weight.NOTE, editor)
        try:
            made = compiled(draft)
            conditions_held(made.conditions, [])
            frozen(letter, {})
        except (LetterWrong, PlaceholderWrong) as wrong:
            said = {**named, "why": words_of(wrong)}
            yield Problem(_("%(letter)s (%(language)s): %(why)s") % said, mend=editor)
            continue
        yield from _rules(letter, draft, made)


def _rules(letter: Letter, draft: Draft, made: Compiled) -> Iterator[Problem]:
    """Hold a letter to what laws and mailboxes demand of whoever writes to many."""
    settings = ("zoco_letter_settings", letter.pk)
    editor = ("zoco_letter_edition", letter.pk, draft.language)
    if letter.purpose != Purpose.MARKETING:
        words = _("%(letter)s is no marketing: it goes also to people who never agreed to get any.")
        yield Problem(words % {"letter": letter.name}, Weight.NOTE, settings)
        return
    named = {"letter": letter.name, "language": language_within(draft.language)}
    if not everybody_sees(made, WAY_OUT):
        words = _("%(letter)s (%(language)s): nobody can unsubscribe; put {{ links.unsubscribe }} into it.")
        yield Problem(words % named, mend=editor)
    if draft.kind != "blocks":
        words = _("%(letter)s (%(language)s): see yourself that your postal address stands in it.")
        yield Problem(words % named, Weight.NOTE, editor)
    elif not everybody_reads_address(draft):
        words = _("%(letter)s (%(language)s): write your postal address into its footer.")
        yield Problem(words % named, mend=editor)
    if not letter.topic:
        words = _("%(letter)s has no topic: only who agreed to all marketing gets it.")
        yield Problem(words % {"letter": letter.name}, Weight.NOTE, settings)


def _test(sending: Sending, legs: list[Leg], people: BitMap) -> Iterator[Problem]:
    if len(legs) < 2:
        return
    first, here = sending.letter, ("zoco_sending_test", sending.pk)
    for each in legs:
        if (each.letter.purpose, each.letter.topic) != (first.purpose, first.topic):
            words = _("%(letter)s has another purpose or topic; others would get it.")
            yield Problem(words % {"letter": each.letter.name}, mend=here)
    if sending.test_metric == Sending.Metric.CLICKS:
        for letter in {each.letter.pk: each.letter for each in legs}.values():
            if not (COUNT_CLICKS() and letter.is_counted):
                words = _(
                    "Clicks in %(letter)s are not counted: decided by clicks, the test can only be a tie."
                )
                yield Problem(words % {"letter": letter.name}, mend=here)
    said = {(each.letter.pk, tuple(sorted(each.subjects.items())), each.after_minutes) for each in legs}
    if len(said) < len(legs):
        yield Problem(_("Two arms of the test are alike; change one of them."), mend=here)
    if people and min(arm_sizes(sending, len(people), len(legs))) < 1:
        yield Problem(_("The test has more arms than people; test on more of them."), mend=here)


def _edit(sending: Sending) -> tuple[object, ...]:
    return ("zoco_sending_edit", sending.pk)


def _audience_of(sending: Sending) -> tuple[object, ...]:
    return ("zoco_audience", sending.audience.pk) if sending.audience is not None else ()
