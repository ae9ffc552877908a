"""What came by mail stands as a proof in words, with letter, mailbox and moment; what is kept stays."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from zoco.channels.models import Account, Message
from zoco.consent.models import Choice
from zoco.ledger.pictures import formats
from zoco.mail.answers.kinds import Answer, Complaint, Kind
from zoco.mail.inbox.models import Arrival, Mailbox
from zoco.mail.inbox.tests.test_following import NOW, account, came, sent_to
from zoco.people.models import Person
from zoco.project.tests.readers import body, client_of

pytestmark = pytest.mark.django_db
__all__ = ["account"]
DIGEST = "4f" * 30
AT = formats.moment(NOW)
COMPLAINED = (
    f"Complained about the letter “Honey of May”: a report came to bounces at {AT}. "
    "A feedback report (RFC 5965)."
)
WROTE = f"Wrote after “Honey of May” that nothing more is wanted; it came to bounces at {AT}."


@pytest.fixture
def told(account: Account) -> Callable[[Kind], Person]:
    """Return what lets somebody complain, or write that he wants nothing more."""

    def tell(kind: Kind) -> Person:
        letter = sent_to(f"{kind.value}@shop.example", account)
        Message.objects.filter(pk=letter.pk).update(subject="Honey of May")
        letter.refresh_from_db()
        assert letter.person is not None
        complaint = Complaint("abuse", (letter.to,)) if kind is Kind.COMPLAINT else None
        arrival = came(Answer(kind, "A feedback report (RFC 5965).", complaint=complaint), letter)
        choice = Choice.objects.get(person=letter.person, state="withdrawn")
        assert choice.proof["mail"] == arrival.digest
        Arrival.objects.filter(pk=arrival.pk).update(
            digest=f"{DIGEST}{arrival.pk}", why="A feedback report (RFC 5965)."
        )
        choice.proof["mail"] = f"{DIGEST}{arrival.pk}"
        choice.save()
        return letter.person

    return tell


def test_complaint_and_wish_to_leave_are_said_in_words_on_the_persons_page(
    told: Callable[[Kind], Person],
) -> None:
    analyst = client_of("analyst")
    for kind, words in ((Kind.COMPLAINT, COMPLAINED), (Kind.UNSUBSCRIBE, WROTE)):
        person = told(kind)

        page = body(analyst.get(reverse("zoco_person", args=[person.pk])))

        assert words in page
        assert DIGEST not in page
        assert "Form: test" in page  # what nobody puts into words stands as it was kept
    listed = body(analyst.get(reverse("zoco_consent_choices")))
    assert COMPLAINED in listed
    assert WROTE in listed
    assert DIGEST in listed  # the proof itself is there to be opened


def test_proof_is_said_also_when_its_mailbox_is_gone(told: Callable[[Kind], Person]) -> None:
    people = [told(kind) for kind in (Kind.COMPLAINT, Kind.UNSUBSCRIBE)]
    Mailbox.objects.all().delete()
    analyst = client_of("analyst")

    pages = [body(analyst.get(reverse("zoco_person", args=[each.pk]))) for each in people]

    assert "Complained about a letter: a report came to a mailbox that is there no more." in pages[0]
    assert "Wrote that nothing more is wanted, to a mailbox that is there no more." in pages[1]
    assert DIGEST not in "".join(pages)
