"""Scheduled reports through a real mail server and a real web hook: once, to whom they are meant for."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from wagtail.users.models import UserProfile

from zoco.kit.hooks import signature
from zoco.kit.tests.test_staff_mail import Post, account
from zoco.ledger.store.base import Store
from zoco.monitor.alarms.tests.test_incidents import Hook
from zoco.monitor.alarms.tests.test_incidents import hook as hook
from zoco.monitor.models import Segment
from zoco.monitor.schedules import services
from zoco.monitor.schedules.models import Schedule, Sending
from zoco.monitor.schedules.sending import LEASE, sendings_send
from zoco.monitor.schedules.tests.conftest import DUE
from zoco.sites.access.models import SiteLimit
from zoco.sites.models import Site
from zoco.testing.dying import killed

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def run(now: datetime, store: Store) -> int:
    """Do what the worker does."""
    services.sendings_reserve(now=now)
    return sendings_send(now=now, store=store)


def part(letter: EmailMessage, kind: str) -> Any:
    return next(each for each in letter.walk() if each.get_content_type() == kind).get_content()


def states() -> list[tuple[str, str]]:
    return list(Sending.objects.order_by("id").values_list("state", "failure"))


def test_an_hour_is_sent_once_with_text_html_picture_and_pdf(
    schedule: Schedule, post: Post, store: Store
) -> None:
    for minute in (-1, 0, 1, 60):
        run(DUE + minute * MINUTE, store)

    [(receivers, letter)] = post.letters
    text, html = part(letter, "text/plain"), part(letter, "text/html")
    assert receivers == ["bea@honey.example"]
    assert letter["Subject"] == "Weekly · 23 – 29 Mar 2026"
    assert "Visitors: 3" in text
    assert "Compared with: 16\u00a0–\u00a022\u00a0Mar\u00a02026" in text
    assert "/reports/traffic/?site=shop&period=2026-03-23..2026-03-29" in text
    assert 'src="cid:curve1@zoco"' in html
    assert 'alt="Visitors, 23\u00a0–\u00a029\u00a0Mar\u00a02026: 3' in html
    assert part(letter, "image/png").startswith(b"\x89PNG")
    assert part(letter, "application/pdf").startswith(b"%PDF")
    assert states() == [("sent", "")]


def test_after_an_outage_one_is_sent_not_twenty(schedule: Schedule, post: Post, store: Store) -> None:
    Schedule.objects.update(every="day", next_at=DUE)

    run(DUE + timedelta(days=20, hours=3), store)

    assert len(post.letters) == 1
    assert Sending.objects.get().due_at == DUE + timedelta(days=20)
    schedule.refresh_from_db()
    assert schedule.next_at == DUE + timedelta(days=21)


def test_readers_have_their_own_language_and_letters(schedule: Schedule, post: Post, store: Store) -> None:
    import pypdfium2

    said = {}
    for code in ("ru", "zh-hans", "es"):
        reader = account(code, "owner")
        UserProfile.objects.create(user=reader, preferred_language=code)
        schedule.receivers.add(reader)

    run(DUE, store)

    for receivers, letter in post.letters:
        pages = pypdfium2.PdfDocument(BytesIO(part(letter, "application/pdf")))
        said[receivers[0]] = "".join(page.get_textpage().get_text_bounded() for page in pages)
    assert "Посетители" in said["ru@honey.example"]
    assert "访客" in said["zh-hans@honey.example"]
    assert "Visitantes" in said["es@honey.example"]
    assert all("\u25a1" not in text for text in said.values())


def test_who_lost_rights_or_is_closed_gets_nothing_more(schedule: Schedule, post: Post, store: Store) -> None:
    ana, cleo, dora = (account(name, "analyst") for name in ("ana", "cleo", "dora"))
    schedule.receivers.set([ana, cleo, dora])
    SiteLimit.objects.create(user=dora).sites.add(Site.objects.create(slug="other", name="Other"))
    ana.groups.clear()
    User.objects.filter(pk=cleo.pk).update(is_active=False)

    assert run(DUE, store) == 0

    assert post.letters == []
    why = "The account is closed, has no address, or may not see reports."
    assert states() == [("failed", why)] * 3


def test_a_server_that_is_down_is_tried_again_and_given_up(
    schedule: Schedule, settings: Any, store: Store
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    now = DUE
    for pause in (0, 1, 5, 30, 120):
        now += (pause + 1) * MINUTE  # making it takes a while
        assert run(now, store) == 0

    kept = Sending.objects.get()
    assert (kept.state, kept.tries) == ("failed", 5)
    assert "ConnectionRefusedError" in kept.failure


def test_a_segment_is_taken_as_it_is_and_missed_when_it_is_gone(
    schedule: Schedule, post: Post, store: Store
) -> None:
    segment = Segment.objects.create(site=schedule.site, name="Phones", filters={"f.device": ["phone"]})
    schedule.segment = segment
    services.schedule_set(schedule=schedule, receivers=[schedule.created_by_id or 0], at=DUE - MINUTE)

    run(DUE, store)
    segment.delete()
    run(DUE + timedelta(days=7), store)

    [(_, letter)] = post.letters
    assert "Filters: Phones (Device is Phone)" in part(letter, "text/plain")
    assert states() == [("sent", ""), ("failed", "The segment Phones is gone; choose another one, or none.")]


def test_an_overview_has_its_panels(schedule: Schedule, post: Post, store: Store) -> None:
    Schedule.objects.update(kind="overview", key="traffic")

    run(DUE, store)

    text = part(post.letters[0][1], "text/plain")
    assert "Source channels" in text
    assert "Organic search | " in text


def test_a_web_hook_gets_figures_signed_and_ends_with_the_rights_of_who_set_it(
    schedule: Schedule, hook: str, store: Store
) -> None:
    schedule.receivers.clear()
    bea = User.objects.get(username="bea")
    Schedule.objects.update(hook_url=hook, hook_by=bea, key="pages")
    run(DUE, store)
    bea.groups.set([Group.objects.get(name="analyst")])
    run(DUE + timedelta(days=7), store)

    [(headers, body)] = Hook.got
    told = json.loads(body)
    assert headers["X-Zoco-Signature"] == signature(schedule.hook_secret, body)
    assert headers["X-Zoco-Event"] == told["id"] == f"report-{schedule.pk}-20260330T050000"
    assert (told["event"], told["report"], told["period"]) == (
        "report.sent",
        "pages",
        "2026-03-23..2026-03-29",
    )
    assert told["rows"][0]["path"] == "/"
    assert [state for state, _ in states()] == ["sent", "failed"]


@pytest.mark.alone
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_killed_while_it_is_made_it_is_sent_once_killed_while_handed_over_that_is_said(
    schedule: Schedule, post: Post, store: Store
) -> None:
    services.sendings_reserve(now=DUE)

    killed(partial(sendings_send, now=DUE, store=store), where="zoco.monitor.schedules.sending.letter_of")
    assert [state for state, _ in states()] == ["waits"]
    assert sendings_send(now=DUE + MINUTE, store=store) == 0
    assert sendings_send(now=DUE + LEASE + MINUTE, store=store) == 1
    assert sendings_send(now=DUE + 3 * LEASE, store=store) == 0
    assert len(post.letters) == 1

    services.sendings_reserve(now=DUE + timedelta(days=7))
    killed(partial(sendings_send, now=DUE + timedelta(days=7), store=store), where="zoco.kit.staff_mail.send")
    assert sendings_send(now=DUE + timedelta(days=7) + LEASE + MINUTE, store=store) == 0
    assert len(post.letters) == 1
    assert states() == [("sent", ""), ("unknown", "interrupted")]

    services.sending_again(sending=Sending.objects.get(state="unknown"), at=DUE)
    assert sendings_send(now=DUE + timedelta(days=8), store=store) == 1
    assert len(post.letters) == 2


def test_what_was_paused_is_not_sent_afterwards(schedule: Schedule, post: Post, store: Store) -> None:
    services.sendings_reserve(now=DUE)
    services.schedule_turn(schedule=schedule, is_on=False, at=DUE)
    run(DUE + timedelta(days=30), store)
    services.schedule_turn(schedule=schedule, is_on=True, at=DUE + timedelta(days=30))
    run(DUE + timedelta(days=30), store)

    assert post.letters == []
    assert states() == [("failed", "paused")]
    assert schedule.next_at == datetime(2026, 5, 4, 5, tzinfo=UTC)


def test_a_server_that_takes_a_letter_and_does_not_answer_leaves_it_unknown_and_each_has_its_own_time(
    schedule: Schedule, post: Post, store: Store, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_TIMEOUT = 1
    schedule.receivers.add(account("zoe", "owner"))
    take, seconds = post.handle_DATA, [1.5, 0.0]

    async def slow(server: Any, session: Any, envelope: Any) -> str:
        await asyncio.sleep(seconds.pop(0))
        return await take(server, session, envelope)

    monkeypatch.setattr(post, "handle_DATA", slow)

    assert run(DUE, store) == 1
    assert run(DUE + timedelta(days=1), store) == 0

    first, second = Sending.objects.order_by("id")
    assert (first.state, second.state) == ("unknown", "sent")
    assert "SMTPServerDisconnected" in first.failure
    assert first.done_at is not None
    assert second.done_at is not None
    assert first.done_at >= DUE + timedelta(seconds=1)
    assert second.done_at > first.done_at
    assert len(post.letters) <= 2
