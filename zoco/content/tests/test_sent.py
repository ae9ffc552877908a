"""Pages that a letter shows, taken from the site while the letter is being sent."""

import pytest
from django.utils import timezone

from zoco.channels.models import Message
from zoco.channels.tests.conftest import agreed
from zoco.channels.tests.mailbox import mailbox
from zoco.content.pages.first import home_ensure
from zoco.content.pages.models import HomePage, StandardPage
from zoco.content.tests.test_site import ADDRESS
from zoco.mail.sending.models import Sending
from zoco.mail.sending.services import sending_write
from zoco.mail.sending.tests.conftest import account_made, audience_of, go, letter_made, start
from zoco.mail.tests.test_letters import FOOTER


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["unpublished", "changed", "deleted"])
def test_a_page_that_ends_while_a_letter_is_sent_stays_in_it(
    end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    assert home_ensure(ADDRESS)
    page = StandardPage(title="Spring honey", intro="It is here.")
    HomePage.objects.get().add_child(instance=page)
    letter = letter_made("News")
    letter.editions.update(blocks=[{"type": "article", "value": {"chosen": f"pages:{page.pk}"}}, FOOTER])
    people = [agreed("ana"), agreed("bea")]
    with mailbox() as server:
        by, whom = account_made(server), audience_of(people)
        sending = Sending(name="May", letter=letter, audience=whom, account=by)
        start(sending_write(sending=sending, at=timezone.now()))
        match end:
            case "unpublished":
                page.unpublish()
            case "changed":
                page.title = "Wasps"
                page.save_revision().publish()
            case _:
                page.delete()

        go(sending)

    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    said = [each.get_body(("plain",)) for each in server.letters]
    assert ["Spring honey" in part.get_content() for part in said if part is not None] == [True, True]
