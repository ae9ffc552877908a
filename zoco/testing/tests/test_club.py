"""The simulated company's customers: they sign up, get letters through the one door, leave no trace."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import OperationalError, connection

from zoco.channels.bulk.running import batches_due
from zoco.channels.models import Account, Message
from zoco.consent.models import Choice, Suppression
from zoco.ledger.outbox import sequencer
from zoco.ledger.spool import SpoolWriter
from zoco.ledger.store import opening
from zoco.mail.counting.models import Look
from zoco.mail.editing.models import Edition
from zoco.mail.sending.models import Sending
from zoco.people.audiences.bitmaps import unpacked
from zoco.people.audiences.models import Audience
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write
from zoco.testing import demo
from zoco.testing.club.loading import club_load, club_size
from zoco.testing.demo import demo_load, demo_remove
from zoco.testing.trying.loading import trials_load
from zoco.testing.watching import looking
from zoco.testing.watching.looking import past_look
from zoco.testing.watching.waves import waves_let_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
KEPT = {"zoco_ledger_outboxrow", "zoco_project_change", "zoco_mail_listerased", "zoco_sites_gonesite"}
"""What says that something was there: facts of the topic, the log, and for some days who was counted out."""


@pytest.fixture(autouse=True)
def own_data(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let the club be all that there is: what the company tries, and its alarms, take long."""
    for name in ("trials_load", "waves_let_in", "past_look"):
        monkeypatch.setattr(demo, name, lambda **_given: [])
    opening.close()
    yield data
    opening.close()


def loaded(**more: Any) -> None:
    demo_load(visitors=450, days=80, seed=1, replaces=True, now=NOW, **more)


def rows() -> dict[str, int]:
    """Return how many rows there are of each model of ours."""
    models = [
        each for each in apps.get_models() if each._meta.app_label.startswith("zoco_") and each._meta.managed
    ]
    return {each._meta.db_table: each._default_manager.count() for each in models}


def _each_letter_says_the_way_out_in_its_own_language() -> None:
    said = {
        (each.language, each.blocks[-1]["value"]["why"], each.blocks[-1]["value"]["unsubscribe"])
        for each in Edition.objects.all()
    }
    assert said == {
        ("en", "You get this letter because you agreed to it.", "Unsubscribe"),
        ("es", "Recibe esta carta porque lo aceptó.", "Darme de baja"),
        ("ru", "Вы получаете это письмо, потому что согласились на это.", "Отписаться"),
        ("zh-hans", "您收到这封信是因为您曾同意接收。", "退订"),
    }


def test_members_get_letters_that_they_agreed_to_and_do_what_people_do(data: Path) -> None:
    loaded()

    agreed: dict[int | None, datetime] = dict(
        Choice.objects.filter(state="given").values_list("person", "at")
    )
    assert club_size() == Person.objects.count() == len(agreed) > 30
    sendings = list(Sending.objects.order_by("started_at"))
    assert [each.state for each in sendings] == ["ended"] * len(sendings)
    assert len(sendings) == 4
    messages = list(Message.objects.all())
    assert len(messages) == sum(each.total for each in sendings) > 50
    assert {each.state for each in messages} == {"sent", "failed"}
    assert all(agreed[each.person_id] <= each.created_at for each in messages)
    assert all(each.to.endswith(".example") for each in messages)
    dead = {each.person_id for each in messages if each.state == "failed"}
    assert Suppression.objects.filter(why="dead").count() == len(dead) > 0
    assert not Account.objects.get().is_on
    _each_letter_says_the_way_out_in_its_own_language()
    _what_members_do(data)


def _batches(tested: Sending) -> list[int]:
    return [each.batch_id or 0 for each in tested.legs.exclude(arm="rest")]


def _what_members_do(data: Path) -> None:
    kinds = set(Look.objects.values_list("kind", "verdict"))
    assert kinds == {("open", "person"), ("open", "privacy"), ("click", "person")}
    assert not Look.objects.filter(at__gte=NOW).exists()
    tested = Sending.objects.exclude(verdict="").get()
    assert {each.arm for each in tested.legs.all()} == {"a", "b", "rest"}
    decided_at = datetime.fromisoformat(tested.decision["at"])
    in_time = Look.objects.filter(kind="click", at__lt=decided_at, batch__in=_batches(tested))
    assert sum(hits for _arm, hits, _of in tested.decision["arms"]) == in_time.count()
    left = set(Choice.objects.filter(state="withdrawn").values_list("person", flat=True))
    dead = set(Message.objects.filter(state="failed").values_list("person", flat=True))
    members = set(unpacked(Audience.objects.get().members))
    assert members == set(Person.objects.values_list("pk", flat=True)) - left - dead
    writer = SpoolWriter(data / "spool", "outbox")
    sequencer.tick(writer)
    writer.close()
    opening.store().drain()

    joined = opening.store().query("SELECT count(DISTINCT known) AS n FROM visitor_person")
    assert joined["n"][0].as_py() == club_size()
    asked = (
        "SELECT count(DISTINCT f.known) AS n FROM facts f WHERE f.name = 'shop.order.placed' AND f.known IN"
        " (SELECT known FROM visitor_person WHERE NOT is_taken_back)"
    )
    assert opening.store().query(asked)["n"][0].as_py() > 5


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_worker_beside_finds_nothing_that_it_could_send(data: Path) -> None:
    is_over, seen = threading.Event(), set()

    def looking() -> None:
        while not is_over.is_set():
            with suppress(OperationalError):
                seen.update(batches_due(now=datetime.now(UTC), without=[]))
        connection.close()

    beside = threading.Thread(target=looking)
    beside.start()
    try:
        loaded()
    finally:
        is_over.set()
        beside.join()

    assert seen == set()
    assert set(Sending.objects.values_list("state", flat=True)) == {"ended"}


def test_people_of_somebodys_own_stay_alone_and_stay() -> None:
    mine = Incoming((identity_read("email", "ana@shop.example"),), {}, {}, ("demo",))
    people_write([mine], at=NOW)

    loaded()

    assert (Person.objects.count(), club_size(), Message.objects.count()) == (1, 0, 0)
    demo_remove()
    assert Person.objects.count() == 1


def test_it_goes_without_a_trace_and_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows()
    with monkeypatch.context() as whole:
        whole.setattr(looking, "KINDS_LOOKED", (("not_found", "not_found"),))
        for each in (trials_load, waves_let_in, past_look):
            whole.setattr(demo, each.__name__, each)
        loaded()
    first = rows()
    loaded()
    second = rows()

    demo_remove()

    left = {table for table, count in rows().items() if count != before[table]}
    assert left <= KEPT
    made = [first[f"zoco_{each}"] for each in ("trials_trial", "trials_flag", "monitor_alarm")]
    assert made == [3, 1, 1]
    assert first["zoco_people_person"] == second["zoco_people_person"] > 30
    assert first["zoco_mail_sending"] == second["zoco_mail_sending"] == 4


def test_a_shop_without_known_visitors_has_no_club() -> None:
    demo_load(visitors=1, days=3, seed=1, replaces=True, now=NOW)

    assert (club_size(), Sending.objects.count()) == (0, 0)
    assert club_load(site=_site(), seed=1, until=NOW) == 0


def _site() -> Any:
    return apps.get_model("zoco_sites.Site").objects.get(slug="demo")
