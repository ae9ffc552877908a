"""What the club sends: letters in four languages, each to whoever agreed by then, through the one door.

A letter is claimed, permitted, made and written down as all are. Only no mail server is asked: what it would
say is drawn, and mailboxes that are no more say so.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zlib import crc32

from django.utils.translation import override

from zoco.channels.bulk.claiming import batch_claim
from zoco.channels.bulk.making import MAKERS
from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.services import batch_end
from zoco.channels.bulk.turning import batch_turn
from zoco.channels.contract import Outcome, Refused, Sent
from zoco.channels.drafts import Claimed
from zoco.channels.models import Account
from zoco.channels.services import account_open
from zoco.consent.models import Topic
from zoco.kit.lists import rows
from zoco.mail.editing.gallery.ready import footer
from zoco.mail.editing.models import Letter
from zoco.mail.editing.services import Words, edition_write, letter_write
from zoco.mail.sending.following import sending_follow
from zoco.mail.sending.models import Leg, Sending
from zoco.mail.sending.people import people_of
from zoco.mail.sending.services import sending_start, sending_write, trial_write
from zoco.people.audiences.models import Audience
from zoco.sites.models import Site
from zoco.testing.club.members import TONGUES

WHY = "Demo data: nothing of it leaves."
"""Why a sending begins although nobody set up the domain that it comes from."""
CLAIMED_AT_ONCE = 200
TURNS = (0, 6, 12, 24)
"""Hours after a beginning at which those are asked for again who had to wait for their day."""
GONE = "550 5.1.1 The address has no mailbox here."
GONE_OF = 60
"""One mailbox of so many is no more."""


@dataclass(frozen=True, slots=True)
class Club:
    """What stands before the first letter."""

    site: Site
    topic: Topic
    account: Account
    audience: Audience


def letters_write(club: Club, *, at: datetime) -> list[Letter]:
    """Write each letter in all languages."""
    found: dict[str, Letter] = {}
    for key, language, subject, preview, heading, said, button, page in rows(
        Path(__file__).with_name("letters.tsv"), 8
    ):
        letter = found.get(key)
        if letter is None:
            letter = found[key] = letter_write(letter=_letter(club, subject), at=at)
        with override(TONGUES.get(language, language)):
            foot = footer()
        foot["value"] |= {"company": club.site.name, "address": "Calle Mayor 1, 28013 Madrid"}
        blocks = [
            {"type": "heading", "value": {"text": heading, "rank": 1}},
            {"type": "text", "value": {"text": f"<p>{said}</p>"}},
            {"type": "button", "value": {"text": button, "link": f"/{language}/{page}"}},
            {"type": "text", "value": {"text": f'<p><a href="/{language}">{club.site.name}</a></p>'}},
            foot,
        ]
        words = Words(subject, preview, blocks=blocks)
        edition_write(letter=letter, language=TONGUES.get(language, language), words=words, at=at)
    return list(found.values())


def _letter(club: Club, name: str) -> Letter:
    return Letter(name=f"{name} (demo data)", topic=club.topic.key, account=club.account, site=club.site)


def sending_begin(
    club: Club, letter: Letter, *, at: datetime, other: dict[str, str] | None = None
) -> Sending | None:
    """Begin to send a letter to all who agreed by now; None where nobody did.

    With `other` subjects, by language, a test of both comes first.
    """
    sending = Sending(
        name=f"{at:%Y-%m-%d} {letter.name}", letter=letter, audience=club.audience, account=club.account,
        campaign=f"club-{at:%Y-%m}",
    )  # fmt: skip
    sending.test_share = 50
    sending_write(sending=sending, at=at)
    expected = len(people_of(sending))
    if not expected:
        sending.delete()
        return None
    if other is not None and expected > 20:
        legs = [Leg(arm="a", letter=letter), Leg(arm="b", letter=letter, subjects=other)]
        trial_write(sending=sending, legs=legs)
    sending_start(sending=sending, expected=expected, at=at, reason=WHY)
    return sending


def sending_leave(sending: Sending, *, at: datetime) -> list[Batch]:
    """Let all leave that is due of a sending from a moment on; returns the batches that did."""
    sending_follow(pk=sending.pk, now=at)
    batches = [each.batch for each in sending.legs.select_related("batch__account") if each.batch]
    due = [each for each in batches if each.state == Batch.State.RUNNING]
    for batch in due:
        for hours in TURNS:
            _leave(batch, at + timedelta(hours=hours))
            if batch_end(batch=batch, now=at + timedelta(hours=hours)):
                break
    return due


def _leave(batch: Batch, at: datetime) -> None:
    if batch.account is None:
        return
    opened, making = account_open(batch.account), MAKERS.get(batch.maker).open(batch)
    while (taken := batch_claim(batch=batch, opened=opened, now=at, most=CLAIMED_AT_ONCE)).seen:
        making.contents(taken.claimed)
        _goes_on, handed = batch_turn(batch=batch, landed=[], following=taken.claimed, now=at)
        landed = [(each, _outcome(each)) for each in taken.claimed if each.message in handed]
        batch_turn(batch=batch, landed=landed, following=[], now=at)


def _outcome(claimed: Claimed) -> Outcome:
    return Refused(GONE, "550") if crc32(claimed.to.encode()) % GONE_OF == 0 else Sent("simulated")


def headings_of(letter: Letter) -> dict[str, str]:
    """Return the headings of a letter by language, to be tried as subjects."""
    return {each.language: str(each.blocks[0]["value"]["text"]) for each in letter.editions.all()}
