"""Letters in the browser: one's own by its token, those of the archive by everybody."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from zoco.channels.models import Message
from zoco.channels.tests.mailbox import Mailbox
from zoco.mail.counting.tokens import token_made
from zoco.mail.editing.models import Edition, Letter
from zoco.mail.sending import public
from zoco.mail.sending.models import Sending
from zoco.mail.sending.tests.conftest import go, start
from zoco.people.models import Person
from zoco.sites.models import Hostname, Site

pytestmark = pytest.mark.django_db
WAYS = {"type": "footer", "value": {"address": "1 Road", "unsubscribe": "Leave", "preferences": "Choose"}}


@pytest.fixture(autouse=True)
def forgotten() -> None:
    public._letter.cache_clear()
    cache.clear()


def test_somebody_reads_his_own_letter_in_the_browser(
    sending: Sending, server: Mailbox, people: list[Person], client: Client
) -> None:
    go(start(sending))
    message = Message.objects.get(person=people[1].pk)
    assert message.batch_id is not None
    meant: dict[str, Any] = {"message": message.uid, "batch": message.batch_id, "at": timezone.now()}
    token, counted = token_made(**meant, use="online"), token_made(**meant)

    page = client.get(f"/m/{token}/online")

    assert (page.status_code, page.headers["Content-Language"]) == (200, "es")
    assert "Hola Béa" in page.content.decode()
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    leave = re.search(r'href="[^"]*(/unsubscribe/[^"]+)"', page.content.decode())
    assert leave is not None
    left = client.get(leave[1])
    assert (left.status_code, "/preferences/" in left.content.decode()) == (200, False)
    other = token_made(**{**meant, "batch": message.batch_id + 1}, use="online")
    tried = [client.get(f"/m/{each}/online").status_code for each in (token[:-1] + "!", other, counted)]
    assert tried == [404, 404, 404]
    assert client.get(f"/m/{token}.gif").status_code == 404


def test_a_letter_in_the_browser_that_is_handed_on_tells_nobody_what_its_reader_chose(
    sending: Sending, server: Mailbox, people: list[Person], client: Client
) -> None:
    Edition.objects.update(blocks=[WAYS])
    Person.objects.update(language="en")
    go(start(sending))
    message = Message.objects.get(person=people[1].pk)
    meant: dict[str, Any] = {"message": message.uid, "batch": message.batch_id, "at": timezone.now()}

    page = client.get(f"/m/{token_made(**meant, use='online')}/online").content.decode()

    asked = re.search(r'href="[^"]*(/preferences/[^"]+)"', page)
    assert asked is not None
    shown = client.get(asked[1])
    assert (shown.status_code, "Send me the link" in shown.content.decode()) == (200, True)
    assert "@" not in shown.content.decode()
    assert "new link is on its way" in client.post(asked[1], {"act": "new"}).content.decode()
    saved = client.post(asked[1], {"act": "nothing"}).content.decode()
    assert "Send me the link" in saved
    leave = re.search(r'href="[^"]*(/unsubscribe/[^"]+)"', page)
    assert leave is not None
    assert "/preferences/" not in client.post(leave[1]).content.decode()


def test_everybody_reads_what_is_public_and_nothing_of_anybody(
    sending: Sending, server: Mailbox, client: Client
) -> None:
    go(start(sending))
    assert "Honey" not in client.get("/m/archive/").content.decode()
    assert client.get(f"/m/archive/{sending.uid}/").status_code == 404
    Sending.objects.update(is_public=True)
    cache.clear()

    assert f"/m/archive/{sending.uid}/" in client.get("/m/archive/").content.decode()
    shown = client.get(f"/m/archive/{sending.uid}/").content.decode()
    assert "Hello you" in shown
    assert "/unsubscribe/" not in shown
    feed = ElementTree.fromstring(client.get("/m/archive.xml").content)
    assert [(each.findtext("title"), each.findtext("guid")) for each in feed.iter("item")] == [
        ("Honey", str(sending.uid))
    ]
    spanish = client.get(f"/m/archive/{sending.uid}/", headers={"accept-language": "es"})
    assert spanish.headers["Content-Language"] == "es"


def test_a_public_letter_has_no_links_that_only_a_known_reader_has(
    sending: Sending, server: Mailbox, client: Client
) -> None:
    footer = {"type": "footer", "value": {**WAYS["value"], "online": "In the browser"}}  # type: ignore[dict-item]
    Edition.objects.filter(letter=sending.letter).update(blocks=[footer])
    Sending.objects.filter(pk=sending.pk).update(is_public=True)
    sending.refresh_from_db()
    go(start(sending))
    address = f"/m/archive/{sending.uid}/"

    shown = client.get(address).content.decode()

    assert re.findall(r'href="([^"]*)"', shown) == [address]
    assert re.search(rf'1 Road<br[^>]*><a [^>]*href="{address}"[^>]*>In the browser</a></div>', shown)
    assert ("Leave" in shown, "Choose" in shown, "·" in shown) == (False, False, False)
    message = Message.objects.exclude(batch=None)[0]
    meant: dict[str, Any] = {"message": message.uid, "batch": message.batch_id, "at": timezone.now()}
    own = client.get(f"/m/{token_made(**meant, use='online')}/online").content.decode()
    assert (own.count("Leave"), own.count("Choose"), own.count(" · ")) == (1, 1, 2)


def test_own_html_in_the_archive_has_none_either(sending: Sending, server: Mailbox, client: Client) -> None:
    Edition.objects.filter(letter=sending.letter).update(
        kind="html",
        source=(
            '<p>Honey</p><p><a href="/shop">Shop</a> | <a href="{{ links.unsubscribe }}"><b>Leave</b></a> | '
            "<a href='{{ links.preferences }}' style='color:red'>Choose</a></p>"
        ),
    )
    Sending.objects.filter(pk=sending.pk).update(is_public=True)
    sending.refresh_from_db()
    go(start(sending))

    shown = client.get(f"/m/archive/{sending.uid}/").content.decode()

    assert re.search(r"<p>Honey</p><p><a [^>]*>Shop</a></p>", shown)


def test_signs_that_xml_forbids_do_not_end_the_feed(
    sending: Sending, server: Mailbox, client: Client
) -> None:
    Edition.objects.filter(letter=sending.letter).update(
        kind="html",
        source='<p><a href="{{ links.unsubscribe }}">Leave</a></p>',
        subject="Hon\x0bey",
        preview="Now\x1b",
    )
    Sending.objects.filter(pk=sending.pk).update(is_public=True)
    sending.refresh_from_db()
    go(start(sending))

    feed = ElementTree.fromstring(client.get("/m/archive.xml").content)

    assert [each.text for each in feed.iter("description")][1:] == ["Now"]


def test_letter_of_a_site_is_read_at_hosts_of_that_site_alone(
    sending: Sending, server: Mailbox, client: Client, settings: Any
) -> None:
    settings.ALLOWED_HOSTS, settings.WAGTAILADMIN_BASE_URL = ["*"], "http://zoco.example:8000"
    for name in ("shop", "other"):
        site = Site.objects.create(slug=name, name=name)
        Hostname.objects.create(site=site, name=f"www.{name}.example")
    Letter.objects.update(site=Site.objects.get(slug="shop"))
    go(start(sending))
    Sending.objects.update(is_public=True)

    def seen(host: str) -> tuple[int, bool, bool]:
        one = client.get(f"/m/archive/{sending.uid}/", headers={"host": host}).status_code
        listed, feed = (
            client.get(each, headers={"host": host}) for each in ("/m/archive/", "/m/archive.xml")
        )
        return one, "Honey" in listed.content.decode(), "Honey" in feed.content.decode()

    assert seen("shop.example") == seen("www.shop.example:443") == (200, True, True)
    assert seen("zoco.example:8000") == (200, True, True)
    assert seen("other.example") == seen("www.other.example") == seen("x.example") == (404, False, False)
    Letter.objects.update(site=None)
    assert seen("other.example") == (200, True, True)
