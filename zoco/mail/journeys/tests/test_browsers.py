"""What a browser does counts for the person to whom it is joined, as the ledger knows it."""

from pathlib import Path

import pytest

from zoco.kit.periods import moment_at
from zoco.ledger.tests.reports.made import fact, ledger
from zoco.mail.journeys.hearing import JourneySubscriber
from zoco.mail.journeys.models import Traveller
from zoco.mail.journeys.tests.conftest import GRAPH, Made
from zoco.people.models import Person

pytestmark = pytest.mark.django_db
BASKET, JOINED = "shop.basket.added", "people.visitor.joined"


def test_a_browser_that_is_joined_lets_its_person_in(
    made: Made, people: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    journey = made(GRAPH, [{"kind": "fact", "fact": BASKET}])
    ana, bea = people[:2]
    said = [
        fact("2026-11-02 10:00:00", 0, "", name=JOINED, known=77, person=ana.number, verdict="server"),
        fact("2026-11-02 10:00:00", 0, "", name=JOINED, known=88, person=bea.number, verdict="server"),
        fact("2026-11-02 10:01:00", 0, "", name="people.visitor.unjoined", known=88, person=bea.number),
    ]
    added = [fact("2026-11-02 11:00:00", 5, "/honey", name=BASKET, known=known) for known in (77, 88, 99, 0)]
    robot = fact("2026-11-02 10:30:00", 5, "/honey", name=BASKET, known=77, verdict="bot")

    with ledger(tmp_path, said):
        for each in (robot, *added):
            JourneySubscriber().handle(each)

    traveller = Traveller.objects.get()
    assert (traveller.journey, traveller.person, traveller.entered_by) == (journey, ana, BASKET)
    assert traveller.entered_at == moment_at(added[0].occurred_at)
    assert traveller.data == {"path": "/honey"}
