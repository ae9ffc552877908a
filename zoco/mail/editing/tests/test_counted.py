"""Letters that leave one by one: counted where they want it, read in the browser as they left."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from zoco.channels.models import Message
from zoco.channels.tests.conftest import agreed
from zoco.channels.tests.mailbox import Mailbox
from zoco.mail.counting import links, looks
from zoco.mail.counting.figures import letter_figures
from zoco.mail.counting.models import LetterLink, Look
from zoco.mail.counting.settling import PATIENCE, looks_settle
from zoco.mail.editing.models import Letter
from zoco.mail.editing.printing import copies_forget
from zoco.mail.editing.prints import SINGLE, Copy, Print
from zoco.mail.editing.seeing import letter_seen
from zoco.mail.editing.services import Words, edition_write, letter_write
from zoco.mail.editing.single import letter_send
from zoco.mail.inbox import returning
from zoco.mail.inbox.models import Mailbox as Inbox
from zoco.mail.letters.conditions import conditions_held
from zoco.mail.letters.drafts import Draft, LetterWrong
from zoco.mail.sending.reports.scopes import letter_parts
from zoco.mail.sending.tests.conftest import account_made, audience_of
from zoco.mail.sending.tests.conftest import server as server
from zoco.people.audiences.models import Audience

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
READER = {"user-agent": FIREFOX, "accept-language": "en"}
TEXT = (
    '<p>Order {{ data.number }} <a href="https://other.example/track">track</a> '
    '<a href="{{ links.online }}">online</a></p>'
)


@pytest.fixture(autouse=True)
def forgotten() -> None:
    links.leads_to.cache_clear()
    looks._counted.clear()
    cache.clear()


@pytest.fixture
def letter(server: Mailbox) -> Letter:
    made = Letter(name="Order", key="order", purpose="transactional", account=account_made(server))
    letter_write(letter=made, at=timezone.now())
    words = Words("Order", blocks=[{"type": "text", "value": {"text": TEXT}}])
    edition_write(letter=made, language="en", words=words, at=timezone.now())
    return made


def sent_html(server: Mailbox) -> str:
    """Return the HTML of what left last."""
    part = server.letters[-1].get_body(("html",))
    assert part is not None
    return str(part.get_content())


def test_advertising_that_leaves_one_by_one_says_what_that_of_sendings_says(
    letter: Letter, server: Mailbox
) -> None:
    letter.purpose, letter.topic = "marketing", "news"
    letter_write(letter=letter, at=timezone.now())
    inbox = Inbox.objects.create(name="box", host="127.0.0.1", bounce_address="bounces@shop.example")
    assert letter.account is not None
    inbox.accounts.add(letter.account)
    returning.forget()

    letter_send(letter=letter, person=agreed("ana"), key="1", now=timezone.now(), data={"number": 7})
    returning.forget()

    mail = server.letters[-1]
    ways = r"<https?://\S+/unsubscribe/\S+>, <mailto:bounces\+[\w-]+@shop\.example\?subject=unsubscribe>"
    assert re.fullmatch(ways, mail["List-Unsubscribe"])
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Feedback-ID"] == f"{str(letter.uid)[:8]}:news:marketing:shopexample"


def test_a_letter_of_a_program_is_counted_and_read_in_the_browser(
    letter: Letter, server: Mailbox, client: Client
) -> None:
    ana = agreed("ana")
    now = timezone.now() - timedelta(hours=1)

    leaving = letter_send(letter=letter, person=ana, key="1", now=now, data={"number": 7})
    html = sent_html(server)

    kept = Print.objects.get()
    assert [each.address for each in LetterLink.objects.filter(batch=kept.number)] == [
        "https://other.example/track"
    ]
    track, online = (
        re.search(pattern, html) for pattern in (r'href="[^"]*(/m/[^"/]+/en/1)"', r'(/m/[^"/]+/online)')
    )
    image = re.search(r'src="[^"]*(/m/[^"/]+\.gif)"', html)
    assert track is not None
    assert online is not None
    assert image is not None
    assert client.get(track[1], headers=READER).headers["Location"] == "https://other.example/track"
    assert client.get(image[1], headers=READER).status_code == 200
    looks_settle(now=timezone.now() + PATIENCE)
    whole, parts = letter_parts(letter, since=now - timedelta(days=1))
    figures = letter_figures(whole)
    assert (figures.sent, figures.opened.count, figures.clicked.count) == (1, 1, 1)
    assert [each.label for each in parts] == ["By programs"]
    page = client.get(online[1]).content.decode()
    assert ("Order 7" in page, "/m/" in page.partition("track")[0]) == (True, False)
    assert copies_forget(now=now + timedelta(days=9), days=8) == 1
    assert "Order 7" not in client.get(online[1]).content.decode()
    Message.objects.get(uid=leaving.message).delete()
    assert (Copy.objects.count(), Look.objects.count(), client.get(online[1]).status_code) == (0, 0, 404)


def test_what_a_letter_says_is_kept_once_and_one_that_counts_nothing_has_its_own_links(
    letter: Letter, server: Mailbox
) -> None:
    ana, bea = agreed("ana"), agreed("bea")
    for number, person in enumerate((ana, bea)):
        letter_send(letter=letter, person=person, key=str(number), now=timezone.now(), data={"number": 1})
    assert (Print.objects.count(), Copy.objects.count()) == (1, 2)

    letter.is_counted = False
    letter_write(letter=letter, at=timezone.now())
    letter_send(letter=letter, person=ana, key="3", now=timezone.now(), data={"number": 1})

    html = sent_html(server)
    assert ("https://other.example/track" in html, ".gif" in html, "/online" in html) == (True, False, True)
    assert Print.objects.count() == 2
    assert all(each.number >= SINGLE for each in Print.objects.all())


def test_a_block_is_read_by_an_audience_alone() -> None:
    ana, bea = agreed("ana"), agreed("bea")
    audience = audience_of([ana], "VIP")
    condition = f"audience:{audience.pk}"
    block = {"type": "heading", "value": {"text": "For you alone", "only": condition}}
    draft = Draft(subject="x", blocks=[block])

    read = {each.pk: letter_seen(draft, person=each) for each in (ana, bea)}

    said = [("alone" in read[each.pk].seen.html, condition in read[each.pk].holds) for each in (ana, bea)]
    assert said == [(True, True), (False, False)]
    Audience.objects.all().delete()
    with pytest.raises(LetterWrong, match="An audience that decides"):
        conditions_held([condition], [ana.pk])
