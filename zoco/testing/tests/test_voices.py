"""The simulated company's survey: the report finds its truth again, and topics what was written about."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.question import Question
from zoco.ledger.outbox import sequencer
from zoco.ledger.report import report_named
from zoco.ledger.spool import SpoolWriter
from zoco.ledger.store import opening
from zoco.people.models import Person
from zoco.stats.texts.topics import grouped
from zoco.surveys.models import Response, Survey, SurveyDay
from zoco.surveys.results.figures import found_of
from zoco.surveys.results.reading import responses_read
from zoco.testing import demo
from zoco.testing.demo import demo_load, demo_remove
from zoco.testing.voices.asked import BETTER, KEY
from zoco.testing.voices.saying import ANSWER, SATISFIED, SHARES, TOPICS, sentences, voice_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_data(data: Path) -> Iterator[Path]:
    opening.close()
    yield data
    opening.close()


def loaded(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Load the company with members who got no letter but that of the survey; those take long."""
    made = [
        Person(created_at=NOW, changed_at=NOW, language=("es", "zh-hans")[number % 2]) for number in range(80)
    ]
    members = {each.pk: each.language for each in Person.objects.bulk_create(made)}
    monkeypatch.setattr(demo, "club_load", lambda **_given: None)
    monkeypatch.setattr(demo, "club_tongues", lambda: members)
    demo_load(visitors=500, days=40, seed=1, replaces=True, now=NOW)
    writer = SpoolWriter(data / "spool", "test")
    while sequencer.tick(writer):
        pass
    writer.close()
    opening.store().drain()


def figures(**address: str) -> dict[tuple[str, ...], dict[str, Any]]:
    report = report_named("surveys")
    asked = {"site": "demo", "period": "2026-09-20..2026-11-25", "compare": "none", **address}
    answer = ask(report, Question.from_address(asked, report=report, now=NOW), now=NOW)
    return {tuple(map(str, row.key.values()))[1:]: dict(row.values) for row in answer.rows}


def within(truth: float, row: dict[str, Any], name: str) -> bool:
    """Return whether bounds of 95 % hold the truth; those of 99.3 % must, as all seven do with 95 %."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    middle, half = (low + high) / 2, (high - low) / 2
    assert abs(truth - middle) <= half * 2.69 / 1.96, name
    return bool(low <= truth <= high)


def test_the_report_finds_the_truth_within_its_bounds(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(data, monkeypatch)

    by_language, whole, by_way = figures(by="language"), figures(), figures(by="way")
    recommend = {language: row for (question, language), row in by_language.items() if question[0] == "1"}
    assert set(recommend) == set(SHARES)
    satisfied = next(row for (question,), row in whole.items() if question[0] == "2")
    ways = {way: row for (question, way), row in by_way.items() if question[0] == "1"}
    held = [
        *(within((p - d) * 100, recommend[language], "nps") for language, (p, d) in SHARES.items()),
        within(SATISFIED, satisfied, "satisfied"),
        *(within(ANSWER[way], ways[way], "response") for way in ANSWER),
    ]
    assert sum(held) >= 6
    survey = Survey.objects.get(key=KEY)
    net = found_of(survey.asked[0], responses_read(survey, "Europe/Madrid").answers("q1")).head[0]
    row = next(row for (question,), row in whole.items() if question[0] == "1")
    assert (row["nps"], row["nps_low"], row["nps_high"]) == pytest.approx(
        tuple(each * 100 for each in (net.value, net.low or 0, net.high or 0))
    )
    taken = sum(SurveyDay.objects.values_list("count", flat=True))
    assert taken == Response.objects.count() == satisfied["answers"]

    demo_remove()
    assert not Survey.objects.filter(key=KEY).exists()


@pytest.mark.parametrize("language", SHARES)
def test_what_was_written_is_grouped_by_what_it_is_about(language: str) -> None:
    rng = np.random.default_rng(5)
    drawn = [voice_of(language, rng) for _number in range(240)]
    written = [(each.answers[BETTER], each.topic) for each in drawn if each.topic]

    found = grouped([text for text, _topic in written], 3)

    right = 0
    for each in found.topics:
        about = [written[number][1] for number in each.texts]
        right += max(about.count(topic) for topic in TOPICS)
    assert right / len(written) > 0.8
    assert len(sentences()) == len(SHARES) * len(TOPICS)
