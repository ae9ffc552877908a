"""The whole loop in a browser: people from a file, a letter in a real mailbox, a click, its report."""

import email
import re
from datetime import timedelta
from email import policy
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Open, agent_of
from zoco.channels.models import Account, SendingDomain
from zoco.channels.services import account_save
from zoco.consent.models import Rule, Topic
from zoco.mail.counting.settling import PATIENCE, looks_settle
from zoco.mail.sending.following import sendings_follow
from zoco.people.importing import running
from zoco.people.importing.models import PeopleImport
from zoco.testing.channels import batches_sent
from zoco.testing.mailservers import DOMAIN, MailServers, looked_into, mail_servers

pytestmark = [
    pytest.mark.browser,
    pytest.mark.both,
    pytest.mark.mail,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
ROWS = f"E-mail,First name\nana@{DOMAIN},Ana\nbea@{DOMAIN},Bea\nnobody,Nobody\n"


def test_a_file_becomes_letters_in_mailboxes_and_a_click_is_counted(
    visit: Open, browser: Browser, live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    page = visit("/admin/people/imports/")
    with mail_servers("ana", "bea") as servers:
        sends_by(servers)
        imported(page)
        gathered(page, live_server.url)
        written(page, live_server.url)
        sent(page, live_server.url)
        servers.wait("ana", 1)
        servers.wait("bea", 1)
        link = link_for("ana", servers)
    report = page.url
    clicked(visit, browser, live_server.url, link)
    looks_settle(now=timezone.now() + PATIENCE + timedelta(minutes=1))
    page.goto(report)

    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Followed a link"))
    expect(row.get_by_role("cell").first).to_have_text("1")
    to = page.get_by_role("row").filter(
        has=page.get_by_role("rowheader", name=f"{live_server.url}/m/archive/")
    )
    assert to.get_by_role("cell").all_inner_texts() == ["English", "1", "1"]


def sends_by(servers: MailServers) -> None:
    """Let letters leave by these servers at any hour, from a domain that is right."""
    Rule.objects.create(purpose="marketing", most=0, opens_at="08:00", closes_at="08:00")
    Topic.objects.create(key="news", label="News")
    SendingDomain.objects.create(name=DOMAIN, checked_at=timezone.now(), findings=[])
    place = {"from_address": f"news@{DOMAIN}", "host": "127.0.0.1", "port": servers.smtp, "tls": "plain"}
    account_save(account=Account(adapter="email", name="Shop"), settings=place, secrets={})


def imported(page: Page) -> None:
    """Import a file, in which one row is wrong, and prove permission."""
    file: Any = {"name": "friends.csv", "mimeType": "text/csv", "buffer": ROWS.encode()}
    page.get_by_label("File", exact=False).first.set_input_files(file)
    page.get_by_role("button", name="Upload and look").click()
    page.wait_for_url(re.compile(r"/people/imports/\d+/"))
    run = PeopleImport.objects.get()
    running.through(key=run.pk)
    page.reload()
    expect(page.get_by_label("E-mail", exact=True)).to_have_value("email")
    expect(page.get_by_label("First name", exact=True)).to_have_value("given_name")
    page.get_by_label("Whoever is subscribed in this file agreed to").select_option("News")
    page.get_by_label("Where they agreed").fill("The list at the fair")
    page.get_by_label("When they agreed").fill("2026-01-31")
    page.get_by_label("Tag for all").fill("fair")
    page.get_by_role("button", name="See what would come of it").click()
    running.through(key=run.pk)
    page.reload()
    expect(page.get_by_role("cell", name=f"ana@{DOMAIN}")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    running.through(key=run.pk)
    page.reload()
    expect(page.get_by_role("button", name="Download the rows that are refused")).to_be_visible()


def gathered(page: Page, home: str) -> None:
    """Build an audience of whoever has the tag of the import."""
    page.goto(f"{home}/admin/audiences/")
    page.get_by_role("link", name="Build the first audience").click()
    page.get_by_label("Kind of the new rule").select_option("tag")
    page.get_by_role("button", name="Add a rule").click()
    page.get_by_label("Tag", exact=True).fill("fair")
    page.get_by_role("button", name="Put the rule in").click()
    expect(page.locator("#z-build p[role=status]")).to_contain_text("2 people")
    page.get_by_label("Name of the audience").fill("From the fair")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="From the fair")).to_be_visible()


def written(page: Page, home: str) -> None:
    """Write a letter and read it as one of them."""
    page.goto(f"{home}/admin/letters/")
    page.get_by_role("link", name="Write the first letter").click()
    page.get_by_role("link", name="Announcement").click()
    page.get_by_label("Name", exact=False).first.fill("Spring")
    page.get_by_label("Topic").select_option("News")
    page.get_by_role("button", name="Begin to write").click()
    page.get_by_label("Leads to").fill(f"{home}/m/archive/")
    page.get_by_label("Who writes").fill("Honey shop")
    page.get_by_label("Postal address").fill("Calle Mayor 1, Madrid")
    page.get_by_role("button", name="Save and preview").click()
    page.get_by_label("Read it as").fill("Bea")
    page.get_by_role("button", name="Search", exact=True).last.click()
    page.get_by_role("link", name="Bea").click()
    expect(page.frame_locator("iframe.z-sheet").get_by_text("Hello Bea")).to_be_visible()


def sent(page: Page, home: str) -> None:
    """Send it to the audience, as the worker does."""
    page.goto(f"{home}/admin/sendings/")
    page.get_by_role("link", name="Prepare the first sending").click()
    page.get_by_label("Name").fill("Spring")
    page.get_by_label("Letter").select_option("Spring")
    page.get_by_label("Audience").select_option("From the fair (2)")
    page.get_by_role("button", name="Go on").click()
    # The ready letter's own words were left as they are, which is said and hinders nobody.
    expect(page.get_by_role("heading", name="What speaks against it")).to_be_visible()
    expect(page.get_by_text("Problem", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Look and start…").click()
    page.get_by_role("button", name="Send it to 2 people").click()
    expect(page.get_by_text("of 2 people")).to_be_visible()
    sendings_follow(now=timezone.now())
    batches_sent()
    sendings_follow(now=timezone.now())
    page.reload()
    expect(page.get_by_role("heading", name="How far it is")).to_contain_text("sent")


def link_for(name: str, servers: MailServers) -> str:
    """Return where the letter in a mailbox leads, as its reader's program finds it."""
    with looked_into(servers, name) as box:
        _ok, (found, *_rest) = box.fetch("1", "(RFC822)")
    assert isinstance(found, tuple)
    mail = email.message_from_bytes(found[1], policy=policy.default)
    html = mail.get_body(("html",))
    assert html is not None
    text = str(html.get_content())
    assert "Hello Ana" in text
    (link,) = re.findall(r'href="([^"]+/m/[^"]+/en/1)"', text)
    return str(link)


def clicked(visit: Open, browser: Browser, home: str, link: str) -> None:
    """Follow it as somebody who reads mail in a browser."""
    reader = visit(link.removeprefix(home), signed_in=False, user_agent=agent_of(browser))
    assert reader.url == f"{home}/m/archive/"
