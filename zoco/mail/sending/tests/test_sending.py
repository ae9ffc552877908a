"""A letter to an audience: what arrives, for whom, once, and when not."""

import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import dkim
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.reads import batch_because, batch_counts
from zoco.channels.domains.services import key_add, key_switch
from zoco.channels.domains.signing import signer_of, signers_forget
from zoco.channels.models import Account, Message, SendingDomain
from zoco.channels.tests.mailbox import Mailbox
from zoco.consent.models import Choice, Rule
from zoco.consent.services import choice_record
from zoco.ledger.store.base import Erasure
from zoco.mail.counting.models import LetterLink
from zoco.mail.counting.tokens import token_read
from zoco.mail.editing import services as editing
from zoco.mail.editing.models import Letter
from zoco.mail.sending import following, services
from zoco.mail.sending.checks import Weight, problems_of
from zoco.mail.sending.keeping import SendingEraser
from zoco.mail.sending.models import Leg, Sending
from zoco.mail.sending.services import SendingHeld, SendingWrong
from zoco.mail.sending.tests.conftest import go, start
from zoco.mail.tests.test_letters import FOOTER, text
from zoco.people.models import NUMBER_BASE, Person, Tag

pytestmark = pytest.mark.django_db


def parts(mail: EmailMessage) -> tuple[str, str]:
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def test_each_gets_the_letter_once_in_his_language_and_it_is_what_mailboxes_ask_for(
    sending: Sending, server: Mailbox, people: list[Person]
) -> None:
    start(sending)
    assert (sending.state, sending.total, sending.override) == ("planned", 3, "")

    go(sending)
    go(sending)

    assert sending.state == "ended"
    batch = sending.legs.get().batch
    assert batch is not None
    counts = batch_counts(batch)
    assert (counts.total, counts.sent, counts.ended) == (3, 3, 3)
    by_to = {mail["To"].addresses[0].addr_spec: mail for mail in server.letters}
    assert sorted(by_to) == ["ana@shop.example", "bea@shop.example", "carl@shop.example"]
    english, spanish = by_to["ana@shop.example"], by_to["bea@shop.example"]
    assert (english["Subject"], spanish["Subject"]) == ("Honey", "Miel ñ")
    assert spanish["To"].addresses[0].display_name == 'Béa "B"'
    plain, html = parts(spanish)
    assert ("Hola Béa" in plain, "Hola Béa" in html, "Hello you" in parts(english)[0]) == (True, True, True)
    assert "Calle Mayor 1" in plain
    token = re.search(r"/m/(.{40})/es/1", html)
    assert token is not None
    assert token_read(token[1]).message == Message.objects.get(person=people[1].pk).uid
    kept = LetterLink.objects.filter(batch=batch.pk).values_list("language", "address")
    assert sorted(kept) == [("en", "https://shop.example/honey"), ("es", "https://shop.example/honey")]


def test_headers_of_what_leaves(sending: Sending, server: Mailbox, settings: Any) -> None:
    settings.WAGTAILADMIN_BASE_URL = "https://z.example"
    key = key_add(domain=SendingDomain.objects.get(), kind="ed25519", at=timezone.now())
    key_switch(key=key, at=timezone.now())
    signers_forget()
    assert signer_of("news@shop.example")  # the line's thread sees nothing of this test's transaction
    go(start(sending))
    signers_forget()

    for raw, mail in zip(server.raw, server.letters, strict=True):
        assert mail["From"].addresses[0].addr_spec == "news@shop.example"
        assert mail["From"].addresses[0].display_name == "Miel, Ñandú & co"
        assert len(re.findall(rb"(?mi)^List-Unsubscribe:", raw)) == 1
        assert re.fullmatch(r"<https://z\.example/unsubscribe/[\w.-]+>", mail["List-Unsubscribe"])
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail["Feedback-ID"] == "spring:news:marketing:shopexample"
        assert re.fullmatch(r"<[0-9a-f-]{36}@shop\.example>", mail["Message-ID"])
        assert all(mail.get_all(name, []) != [] for name in ("Date", "MIME-Version"))
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        assert mail.get_content_type() == "multipart/alternative"
        _plain, html = parts(mail)
        assert not re.search(r"(?i)@import|@font-face|<link\b|fonts\.g", html)
        assert html.count("https://z.example/m/") == 3
        covered = re.sub(r"\s", "", mail["DKIM-Signature"]).partition(";h=")[2].partition(";")[0].lower()
        for name in ("list-unsubscribe", "list-unsubscribe-post", "from", "subject"):
            assert covered.split(":").count(name) == 2  # once more than it is there: no second one may come
        assert "feedback-id" in covered.split(":")
        assert dkim.DKIM(raw).verify(dnsfunc=lambda *_asked, **_more: key.public.encode())
    assert len(server.raw) == 3


def test_one_click_of_a_mail_that_lies_in_a_queue_keeps_the_letter_from_leaving(
    sending: Sending, server: Mailbox, people: list[Person]
) -> None:
    start(sending)
    following.sendings_follow(now=timezone.now())
    choice_record(person=people[0].pk, state=Choice.State.WITHDRAWN, proof={}, at=timezone.now())

    go(sending)

    assert sorted(to for _by, to in server.envelopes) == ["bea@shop.example", "carl@shop.example"]
    batch = Batch.objects.get()
    assert (batch_because(batch), sending.state) == ({("refused", "withdrawn"): 1}, "ended")


def test_one_click_from_a_mail_that_arrived(sending: Sending, server: Mailbox, client: Client) -> None:
    go(start(sending))
    address = urlsplit(server.letters[0]["List-Unsubscribe"].strip("<>"))

    answer = client.post(address.path, "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded")

    assert (answer.status_code, Choice.objects.filter(state="withdrawn", topic="news").count()) == (200, 1)


def test_the_number_that_was_shown_is_the_number_that_it_is_sent_to(
    sending: Sending, server: Mailbox, letter: Letter
) -> None:
    with pytest.raises(SendingWrong, match="The number of people is 3 by now, not 2"):
        services.sending_start(sending=sending, expected=2, at=timezone.now())
    start(sending)
    said = editing.Words(subject="Other", blocks=[text("<p>Other</p>"), FOOTER])
    editing.edition_write(letter=letter, language="en", words=said, at=timezone.now())
    assert sending.audience is not None
    sending.audience.delete()

    go(sending)

    assert (len(server.letters), sending.state) == (3, "ended")
    assert "Other" not in {mail["Subject"] for mail in server.letters}


def test_killed_anywhere_it_goes_on_and_nobody_gets_a_second_letter(
    sending: Sending, server: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(sending)
    for name in ("batch_fill", "batch_start"):  # cut off before each step of the beginning
        with monkeypatch.context() as cut:
            cut.setattr(following, name, None)
            with pytest.raises(TypeError):
                following.sending_follow(pk=sending.pk, now=timezone.now())

    go(sending)

    assert (len(server.letters), Batch.objects.count(), sending.state) == (3, 1, "ended")


def test_paused_nothing_leaves_and_stopped_nothing_ever_does(sending: Sending, server: Mailbox) -> None:
    start(sending)
    following.sendings_follow(now=timezone.now())
    services.sending_pause(sending=sending, at=timezone.now())
    go(sending)
    assert (server.letters, Batch.objects.get().state) == ([], "paused")

    services.sending_resume(sending=sending, at=timezone.now())
    assert Batch.objects.get().state == "running"
    services.sending_stop(sending=sending, at=timezone.now())
    go(sending)

    assert (server.letters, sending.state) == ([], "stopped")
    assert batch_because(Batch.objects.get()) == {("refused", "stopped"): 3}
    with pytest.raises(SendingWrong):
        services.sending_resume(sending=sending, at=timezone.now())


def test_planned_it_begins_by_itself(sending: Sending, server: Mailbox) -> None:
    now = timezone.now()
    sending.starts_at = now + timedelta(hours=2)
    services.sending_write(sending=sending, at=now)
    start(sending)

    assert go(sending).state == "planned"
    Leg.objects.update(begins_at=now)
    go(sending)

    assert (len(server.letters), sending.state) == (3, "ended")


def test_what_speaks_against_a_start_is_said(
    sending: Sending, account: Account, letter: Letter, audience: Any
) -> None:
    SendingDomain.objects.all().delete()
    said = editing.Words(subject="Miel", blocks=[text("<p>Hola</p>")])
    editing.edition_write(letter=letter, language="es", words=said, at=timezone.now())
    Account.objects.update(is_on=False)
    sending.refresh_from_db()

    found = {each.words: each.weight for each in problems_of(sending, now=timezone.now())}

    assert found == {
        "The account mail is off; switch it on first.": Weight.STOPS,
        "News (Spanish): nobody can unsubscribe; put {{ links.unsubscribe }} into it.": Weight.STOPS,
        "News (Spanish): write your postal address into its footer.": Weight.STOPS,
        "Nobody has looked at shop.example yet; add it under Sending domains.": Weight.OWNER,
    }
    with pytest.raises(SendingHeld):
        services.sending_start(sending=sending, expected=3, at=timezone.now(), reason="We know")


def test_a_way_out_that_some_do_not_see_is_none(sending: Sending, letter: Letter) -> None:
    foot: dict[str, Any] = dict(FOOTER["value"])  # type: ignore[arg-type]
    only = {**foot, "only": f"tag:{Tag.objects.create(name='vip').pk}"}
    words = editing.Words(subject="Miel", blocks=[text("<p>Hola</p>"), {**FOOTER, "value": only}])
    editing.edition_write(letter=letter, language="es", words=words, at=timezone.now())

    found = [each.words for each in problems_of(sending, now=timezone.now())]

    assert found == [
        "News (Spanish): nobody can unsubscribe; put {{ links.unsubscribe }} into it.",
        "News (Spanish): write your postal address into its footer.",
    ]


def test_an_address_that_some_do_not_read_is_none(sending: Sending, letter: Letter) -> None:
    foot: dict[str, Any] = dict(FOOTER["value"])  # type: ignore[arg-type]
    some = f"tag:{Tag.objects.create(name='vip').pk}"
    for_some, for_all = ({**FOOTER, "value": foot | more} for more in ({"only": some}, {"address": " "}))
    words = editing.Words(subject="Miel", blocks=[text("<p>Hola</p>"), for_some, for_all])
    editing.edition_write(letter=letter, language="es", words=words, at=timezone.now())

    found = [each.words for each in problems_of(sending, now=timezone.now())]

    assert found == ["News (Spanish): write your postal address into its footer."]


def test_an_owner_starts_in_spite_of_a_domain_and_it_is_written_down(
    sending: Sending, server: Mailbox, noted: list[dict[str, Any]]
) -> None:
    SendingDomain.objects.all().delete()
    Letter.objects.update(purpose="service")
    Rule.objects.create(purpose="service", most=0, opens_at="08:00", closes_at="08:00")
    owner = User.objects.create_superuser("owner", "o@shop.example", "x")
    with pytest.raises(SendingHeld, match=r"Nobody has looked at shop\.example"):
        start(sending)

    services.sending_start(sending=sending, expected=3, at=timezone.now(), by=owner, reason=" It is \n new ")

    assert (sending.override, go(sending).state) == ("It is new", "ended")
    assert noted[-1] == {
        "action": "changed",
        "kind": "zoco_mail.sending",
        "name": "May",
        "details": {
            "state": ["draft", "planned"],
            "total": [None, 3],
            "override": [None, "It is new"],
            "without_consent": [None, True],
        },
        "by": owner,
    }


def test_who_is_gone_or_was_merged_since_gets_no_letter_of_his_own(
    sending: Sending, server: Mailbox, people: list[Person]
) -> None:
    start(sending)
    people[0].merged_into = people[1]
    people[0].save()
    people[2].delete()

    go(sending)

    assert [to for _by, to in server.envelopes] == ["bea@shop.example"]
    assert (sending.state, sending.total, Leg.objects.get().size) == ("ended", 3, 3)


def test_who_is_erased_is_in_no_sending_any_more(
    sending: Sending, people: list[Person], server: Mailbox
) -> None:
    start(sending)
    whom = Erasure(at=0, persons=(NUMBER_BASE | people[0].pk,))
    eraser = SendingEraser()
    assert eraser.held(whom) == [f"sending {sending.pk}"]

    assert (eraser.erase(whom), eraser.held(whom)) == (2, [])

    go(sending)
    assert sorted(to for _by, to in server.envelopes) == ["bea@shop.example", "carl@shop.example"]
    assert sending.total == 3
