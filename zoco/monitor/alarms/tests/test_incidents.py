"""Incidents open once, are told once, go on, are acknowledged and closed; web hooks and screens."""

import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from zoco.monitor.alarms import services
from zoco.monitor.alarms.causes import Cause
from zoco.monitor.alarms.detecting import Finding, Unknown
from zoco.monitor.alarms.models import Alarm, Incident, Telling
from zoco.monitor.alarms.said import incident_said, incident_title, known_said, odds_said
from zoco.monitor.alarms.shown import telling
from zoco.monitor.models import Goal
from zoco.project.roles import roles_ensure
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)
CAUSE = Cause("country", ("ES",), 12.0, 80.0, 0.97, 0.2)
FALL = Finding("visits", True, 24, 12.0, 80.0, 55.0, 108.0, 1e-9, 1.4, 56, CAUSE, ("country", "ES"))


@pytest.fixture
def alarm(db: None) -> Alarm:
    roles_ensure()
    site = Site.objects.create(slug="shop", name="Honey shop", zone="Europe/Madrid")
    made = Alarm.objects.create(site=site, kind="fall", measure="visits")
    made.roles.add(Group.objects.get(name="owner"))
    bea = User.objects.create_user("bea", "bea@honey.example", "hexagon-comb-12")
    bea.groups.add(Group.objects.get(name="owner"))
    return made


class Hook(BaseHTTPRequestHandler):
    """Answers as it is told to, and keeps what it got."""

    got: list[tuple[dict[str, str], bytes]] = []
    statuses: list[int] = []

    def do_POST(self) -> None:
        """Keep it."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((dict(self.headers), body))
        self.send_response(self.statuses.pop(0) if self.statuses else 204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    Hook.got, Hook.statuses = [], []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/zoco"
    server.shutdown()
    server.server_close()


def test_an_incident_opens_once_goes_on_and_closes_once(alarm: Alarm) -> None:
    opened = services.seen_apply(alarm, FALL, at=NOW)
    again = services.seen_apply(alarm, FALL, at=NOW)
    services.seen_apply(alarm, replace(FALL, seen=9.0), at=NOW + timedelta(hours=1))

    assert opened == again == Incident.objects.get()
    assert [each.event for each in Telling.objects.all()] == ["opened"]
    assert Incident.objects.get().found["seen"] == 9.0

    services.seen_apply(alarm, None, at=NOW + timedelta(hours=5))
    assert Incident.objects.get().closed_at is None
    for _ in range(2):
        services.seen_apply(alarm, None, at=NOW + timedelta(hours=14))
    assert Incident.objects.get().closed_at == NOW + timedelta(hours=14)
    assert [each.event for each in Telling.objects.all()] == ["opened", "closed"]

    services.seen_apply(alarm, FALL, at=NOW + timedelta(days=3))
    assert Incident.objects.count() == 2


def test_what_cannot_be_known_is_said(alarm: Alarm) -> None:
    services.seen_apply(alarm, Unknown(5), at=NOW)
    alarm.refresh_from_db()

    assert known_said(alarm) == "Quiet: it needs 14 days of history and has 5."
    assert Incident.objects.count() == 0


def test_an_incident_says_figures_interval_and_part(alarm: Alarm) -> None:
    incident = services.seen_apply(alarm, FALL, at=NOW)

    assert incident is not None
    assert incident_title(incident) == "Visits fell on Honey shop: Country ES"
    assert incident_said(incident) == (
        "Visits: In the last 24 hours 12 were seen; 80 were expected, 95% of the time between 55 and 108. "
        "Most of it is Country ES: 12 instead of 80, 97% of the whole difference."
    )


def test_odds_are_said_in_words() -> None:
    assert [odds_said(odds) for odds in (1e-15, 1e-8, 0.0021)] == [
        "less than once in 1,000,000,000,000",
        "about once in 100,000,000",
        "about once in 500",
    ]


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.97, "Most of it is Country ES: 12 instead of 80, 97% of the whole difference."),
        (0.3, "Country ES stands out: 12 instead of 80, 30% of the whole difference."),
        (0.0, "Country ES stands out: 12 instead of 80. The whole did not move with it."),
    ],
)
def test_a_part_of_a_whole_that_hardly_moved_is_no_share_of_it(alarm: Alarm, share: float, said: str) -> None:
    incident = services.seen_apply(alarm, replace(FALL, cause=replace(CAUSE, explains=share)), at=NOW)

    assert incident is not None
    assert incident_said(incident).endswith(said)


def test_what_an_alarm_watches_is_chosen_from_what_there_is(alarm: Alarm, client: Client) -> None:
    Goal.objects.create(site=alarm.site, name="Thanks", kind="page", pattern="/thanks")
    other = Site.objects.create(slug="other", name="Other")
    client.force_login(User.objects.get(username="bea"))
    given = {
        "kind": "fall", "measure": "goal:Thanks", "minutes": 30, "care": "usual", "is_on": "on",
        "hook_url": "", "hook_secret": "abc",
    }  # fmt: skip

    form = client.get("/admin/alarms/new/").content.decode()
    refused = client.post("/admin/alarms/new/", given | {"site": other.pk}).content.decode()
    client.post("/admin/alarms/new/", given | {"site": alarm.site_id, "measure": "nonsense"})
    huge = client.post("/admin/alarms/new/", given | {"site": alarm.site_id, "roles": "9" * 30})
    client.post("/admin/alarms/new/", given | {"site": alarm.site_id})

    assert '<option value="goal:Thanks">Thanks</option>' in form
    assert '<option value="event:shop.order.placed">Order placed</option>' in form
    assert "The site has no goal of this name" in refused
    assert (huge.status_code, "9" * 30 + " is not one of the available choices" in huge.content.decode()) == (
        200,
        True,
    )
    assert list(Alarm.objects.values_list("measure", flat=True)) == ["visits", "goal:Thanks"]


def test_a_web_hook_is_signed_tried_again_and_told_once(alarm: Alarm, hook: str) -> None:
    alarm.roles.clear()
    alarm.hook_url, alarm.hook_by = hook, User.objects.get(username="bea")
    alarm.save()
    Hook.statuses = [500]
    services.seen_apply(alarm, FALL, at=NOW)

    assert telling.tellings_send(now=NOW) == 0
    assert telling.tellings_send(now=NOW + timedelta(seconds=30)) == 0
    assert telling.tellings_send(now=NOW + timedelta(seconds=90)) == 1
    assert telling.tellings_send(now=NOW + timedelta(days=1)) == 0

    assert len(Hook.got) == 2
    headers, body = Hook.got[1]
    signed = hmac.new(alarm.hook_secret.encode(), body, "sha256").hexdigest()
    told = json.loads(body)
    assert headers["X-Zoco-Signature"] == f"sha256={signed}"
    assert headers["X-Zoco-Event"] == told["id"]
    assert (told["event"], told["site"], told["found"]["cause"]["values"]) == (
        "incident.opened",
        "shop",
        ["ES"],
    )


def test_a_web_hook_is_whose_who_set_it_last_and_ends_with_his_rights(
    alarm: Alarm, hook: str, client: Client
) -> None:
    Alarm.objects.filter(pk=alarm.pk).update(hook_url=hook)
    alarm.roles.clear()
    services.seen_apply(Alarm.objects.get(), FALL, at=NOW)
    assert telling.tellings_send(now=NOW) == 0
    assert "may not set it any more" in Telling.objects.get().failure

    bea = User.objects.get(username="bea")
    client.force_login(bea)
    form = client.get(f"/admin/alarms/edit/{alarm.pk}/").context["form"]
    given = {name: value for name, value in form.initial.items() if value is not None and name != "roles"}
    client.post(f"/admin/alarms/edit/{alarm.pk}/", given | {"hook_secret": "another"})
    assert Alarm.objects.get().hook_by == bea

    Telling.objects.update(next_at=NOW, tries=0)
    assert telling.tellings_send(now=NOW) == 1
    User.objects.filter(pk=bea.pk).update(is_active=False)
    Telling.objects.update(told_at=None, next_at=NOW, tries=0)
    assert telling.tellings_send(now=NOW) == 0


def test_a_hook_inside_is_refused_when_set_and_given_up_when_sent(alarm: Alarm) -> None:
    alarm.hook_url, alarm.hook_by = "http://169.254.169.254/latest", User.objects.get(username="bea")
    with pytest.raises(ValidationError, match="no public address"):
        alarm.full_clean()
    alarm.save()
    alarm.roles.clear()
    services.seen_apply(alarm, FALL, at=NOW)

    assert telling.tellings_send(now=NOW) == 0
    kept = Telling.objects.get()
    assert (kept.next_at, kept.told_at) == (None, None)
    assert "no public address" in kept.failure


def test_mail_goes_to_the_accounts_of_the_roles(alarm: Alarm, mailoutbox: list[object]) -> None:
    services.seen_apply(alarm, FALL, at=NOW)

    assert telling.tellings_send(now=NOW) == 1
    assert [(each.to, each.subject) for each in mailoutbox] == [  # type: ignore[attr-defined]
        (["bea@honey.example"], "Visits fell on Honey shop: Country ES")
    ]


def test_incidents_are_told_by_the_clock_of_their_site_and_say_what_is_demo_data(
    alarm: Alarm, client: Client
) -> None:
    incident = services.seen_apply(alarm, FALL, at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    assert incident is not None
    client.force_login(User.objects.get(username="bea"))
    pages = ("/admin/incidents/", f"/admin/incidents/{incident.pk}/")

    real = [client.get(page).content.decode() for page in pages]
    Site.objects.update(is_demo=True)
    demo = [client.get(page).content.decode() for page in pages]

    assert all("2\xa0Jul\xa02026, 01:30" in page for page in real + demo)
    assert ["z-demo" in page for page in real + demo] == [False, False, True, True]


def test_the_screens_show_it_and_take_the_mark(alarm: Alarm, client: Client) -> None:
    incident = services.seen_apply(alarm, FALL, at=timezone.now())
    assert incident is not None
    client.force_login(User.objects.get(username="bea"))

    listed = client.get("/admin/incidents/").content.decode()
    shown = client.get(f"/admin/incidents/{incident.pk}/").content.decode()
    client.post(f"/admin/incidents/{incident.pk}/seen/", {"mark": "false"})
    client.post(f"/admin/incidents/{incident.pk}/seen/", {"mark": "nonsense"})
    client.post(f"/admin/incidents/{incident.pk}/seen/", {"mark": "false"})

    assert "Visits fell on Honey shop: Country ES" in listed
    assert "f.country=ES" in shown
    assert "X negative binomial with mean μ" in shown
    incident.refresh_from_db()
    assert (str(incident.acknowledged_by), incident.mark) == ("bea", "false")
    assert "Marked as false: 1" in client.get("/admin/incidents/").content.decode()


def test_list_of_alarms_leads_to_each(client: Client, alarm: Alarm) -> None:
    client.force_login(User.objects.get(username="bea"))

    assert f'href="/admin/alarms/edit/{alarm.pk}/"' in client.get("/admin/alarms/").content.decode()


def test_what_fell_stays_one_incident_whatever_part_is_named(alarm: Alarm) -> None:
    other = replace(
        FALL, cause=Cause("browser", ("Chrome",), 12.0, 80.0, 0.97, 0.2), part=("browser", "Chrome")
    )

    for hours, seen in enumerate((FALL, other)):
        services.seen_apply(alarm, seen, at=NOW + timedelta(hours=hours))

    assert Incident.objects.count() == 1
