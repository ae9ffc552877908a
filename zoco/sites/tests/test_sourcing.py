"""The page of source channels: why a visit is of its channel, own rules, the history anew."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks

from zoco.project.tests.readers import body, client_of
from zoco.sites import conf, published, reads
from zoco.sites.models import Site, SourceNetwork, SourceRule, SourceRun
from zoco.sites.sources.own import OwnNetwork, OwnRule, OwnSources
from zoco.sites.sourcing import services

pytestmark = pytest.mark.django_db
PAGE = "/admin/source-channels/"
RULE = {
    "position": "1",
    "channel": "Partners",
    "source": "partner-*",
    "medium": "",
    "campaign": "",
    "referrer": "",
}


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    (tmp_path / "keys").mkdir(mode=0o700)
    made = Site.objects.create(slug="shop", name="Shop")
    made.hostnames.create(name="shop.example")
    reads.forget()
    yield made
    reads.forget()


@pytest.mark.parametrize(
    ("asked", "channel", "why"),
    [
        ({"referrer": "https://www.google.com/"}, "Organic search", "the source is a search engine"),
        ({"referrer": "google.com", "landing": "/?gclid=1"}, "Paid search", "the medium contains cp"),
        ({"landing": "https://shop.example/?utm_source=a&utm_medium=sms"}, "SMS", "the medium is sms"),
        ({"landing": "utm_source=a&utm_medium=sms"}, "SMS", "the medium is sms"),
        ({"referrer": "shop.example"}, "", "A click inside the site"),
        ({"source": "", "medium": ""}, "Direct", "the source is one of: empty, (direct)"),
        ({"source": "flyer", "medium": "print"}, "Unassigned", "No rule fits"),
        ({"source": "http://[", "medium": "\0", "host": "://"}, "Unassigned", "No rule fits"),
        ({"referrer": "https://[broken"}, "Direct", "Rule 1"),
    ],
)
def test_it_says_why_a_visit_is_of_its_channel(asked: dict[str, str], channel: str, why: str) -> None:
    answer = client_of("analyst").get(PAGE, asked)

    assert answer.status_code == 200
    assert f"<b>{channel}</b>" in body(answer) or not channel
    assert why in body(answer)


def test_a_rule_is_added_published_shown_and_taken_away(
    site: Site, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    marketer = client_of("marketer")
    with django_capture_on_commit_callbacks(execute=True):
        made = marketer.post("/admin/source-rules/new/", {**RULE, "site": site.pk})
        marketer.post(
            "/admin/source-networks/new/",
            {"site": site.pk, "host": "https://Forum.example/x", "name": "The Forum", "category": "social"},
        )

    assert made["Location"] == f"{PAGE}?site=shop"
    (known,) = published.read(conf.published_path()).sites
    assert known.sources.rules == (OwnRule("Partners", source="partner-*"),)
    assert known.sources.networks == (OwnNetwork("forum.example", "the forum", "social"),)
    shown = body(marketer.get(PAGE, {"source": "partner-7", "medium": "cpc"}))
    assert "<b>Partners</b>" in shown
    assert "Your rule 1: the source is partner-*." in shown

    with django_capture_on_commit_callbacks(execute=True):
        marketer.post(f"/admin/source-rules/delete/{SourceRule.objects.get().pk}/")
        marketer.post(f"/admin/source-networks/delete/{SourceNetwork.objects.get().pk}/")
    (known,) = published.read(conf.published_path()).sites
    assert known.sources == OwnSources(former=(("forum.example", "the forum"),))


def test_a_channel_may_be_written_as_reports_name_it(site: Site) -> None:
    client_of("owner").post("/admin/source-rules/new/", {**RULE, "site": site.pk, "channel": "paid  search"})

    assert SourceRule.objects.get().channel == "paid_search"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"source": ""}, "Say at least one thing"),
        ({"source": " * "}, "this would be every visit"),
        ({"medium": "*a*b*c*d*e*f*g*h*i*"}, "At most 8 *."),
        ({"channel": "--"}, "a name of letters"),
        ({"channel": "x" * 41}, "at most 40 characters"),
        ({"position": "-1"}, "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_a_rule_is_told(site: Site, wrong: dict[str, str], said: str) -> None:
    answer = client_of("owner").post("/admin/source-rules/new/", {**RULE, "site": site.pk, **wrong})

    assert answer.status_code == 200
    assert said in body(answer)
    assert not SourceRule.objects.exists()


def test_a_network_needs_a_host(site: Site) -> None:
    for host in ("", "localhost", "no host", "***"):
        with pytest.raises(ValidationError):
            SourceNetwork(site=site, host=host, name="x", category="none").full_clean()


def test_who_only_reads_changes_nothing(site: Site) -> None:
    analyst = client_of("analyst")

    assert "Add a rule" not in body(analyst.get(PAGE))
    assert "Apply to the history" not in body(analyst.get(PAGE))
    assert analyst.post(f"{PAGE}shop/apply/").status_code == 302
    assert not SourceRun.objects.exists()
    assert Client().get(PAGE).status_code == 302


def test_an_unknown_site_is_not_there() -> None:
    assert client_of("owner").get(PAGE, {"site": "other"}).status_code == 404
    assert client_of("marketer").post(f"{PAGE}other/apply/").status_code == 404


Applied = Callable[[Any, Any], Any]


@pytest.fixture
def applied(monkeypatch: pytest.MonkeyPatch) -> list[Applied]:
    """Hold what is done to a history; the real thing is tested where the collector is."""
    found: list[Applied] = []
    monkeypatch.setattr(services, "_applies", found)
    return found


def done(facts: int, changed: int) -> SimpleNamespace:
    return SimpleNamespace(facts=facts, changed=changed, without_evidence=1)


def test_a_run_is_asked_for_once_and_says_what_it_did(site: Site, applied: list[Applied]) -> None:
    marketer = client_of("marketer")
    asked: list[published.PublishedSite] = []

    def apply(which: published.PublishedSite, tell: Any) -> Any:
        asked.append(which)
        tell(done(3, 1), 7)
        assert SourceRun.objects.get().facts == 3
        return done(7, 2)

    applied.append(apply)
    for _ in range(2):
        assert marketer.post(f"{PAGE}shop/apply/")["Location"] == f"{PAGE}?site=shop#history"
    assert DBTaskResult.objects.count() == SourceRun.objects.count() == 1

    services.run_through(key=SourceRun.objects.get().pk)
    services.run_through(key=SourceRun.objects.get().pk)

    assert [which.slug for which in asked] == ["shop"]
    run = SourceRun.objects.get()
    assert (run.state, run.facts, run.total, run.changed) == ("done", 7, 7, 2)
    assert "<dt>Changed</dt><dd>2</dd>" in body(marketer.get(PAGE))


def test_a_run_stops_when_asked_and_fails_with_a_reason(site: Site, applied: list[Applied]) -> None:
    marketer = client_of("marketer")

    def stopped(which: Any, tell: Any) -> Any:
        marketer.post(f"{PAGE}shop/apply/", {"stop": "1"})
        tell(done(3, 1), 7)
        raise AssertionError("goes on after the stop")

    def failing(which: Any, tell: Any) -> Any:
        raise OSError("No room.")

    applied.append(stopped)
    services.run_through(key=services.run_begin(site=site.pk).pk)
    assert SourceRun.objects.get().state == "stopped"

    applied[:] = [failing]
    with pytest.raises(OSError, match="room"):
        services.run_through(key=services.run_begin(site=site.pk).pk)
    assert "Failed: OSError: No room." in body(marketer.get(PAGE))


def test_a_run_that_is_deleted_meanwhile_ends_and_stays_deleted(site: Site, applied: list[Applied]) -> None:
    def deleted(which: Any, tell: Any) -> Any:
        SourceRun.objects.all().delete()
        tell(done(3, 1), 7)
        raise AssertionError("goes on without its row")

    applied.append(deleted)

    services.run_through(key=services.run_begin(site=site.pk).pk)

    assert not SourceRun.objects.exists()


def test_a_run_that_waits_is_stopped_at_once(site: Site, applied: list[Applied]) -> None:
    run = services.run_begin(site=site.pk)
    services.RUNS.stop(run)

    services.run_through(key=run.pk)

    assert SourceRun.objects.get().state == "stopped"


def test_a_run_that_died_makes_room_for_the_next(site: Site) -> None:
    dead = SourceRun.objects.create(site=site, state="running")
    SourceRun.objects.update(told_at="2026-01-01T00:00:00Z")

    new = services.run_begin(site=site.pk)

    dead.refresh_from_db()
    assert (dead.state, dead.said) == ("failed", "The process ended.")
    assert new.pk != dead.pk
    new.delete()
    shown = client_of("owner").get(PAGE, headers={"accept-language": "es"})
    assert "El proceso terminó." in body(shown)
