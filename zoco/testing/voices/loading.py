"""The survey of the simulated company: begun, shown, answered up to a moment; and taken away again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from django.db import transaction

from zoco.ledger import sitebook
from zoco.ledger.schema import Fact
from zoco.ledger.services import record_many
from zoco.ledger.store import opening
from zoco.people.models import NUMBER_BASE
from zoco.sites.models import Site
from zoco.surveys.facts import fact_shown, facts_of
from zoco.surveys.models import Response, Survey, SurveyDay
from zoco.surveys.services import survey_make, survey_start
from zoco.surveys.taking.counting import TAKEN
from zoco.testing.club.members import TONGUES
from zoco.testing.voices import asked
from zoco.testing.voices.saying import ANSWER, SHARES, voice_of

LAST = timedelta(days=60)
"""So long before now the survey began."""
VISITORS_MOST, MEMBERS_MOST = 3_000, 600
SOON = timedelta(seconds=50)
"""So long after his last page a visitor sees the survey; half a minute later he answers."""
PIECE = 2_000
_SEEN = (
    "SELECT visitor, max(known) AS known, max(occurred_at) AS at, min(language) AS language FROM facts"
    " WHERE site = {site} AND name = 'web.page.viewed' AND verdict = 'human' AND visitor <> 0"
    " AND occurred_at >= '{since}' GROUP BY visitor ORDER BY visitor LIMIT {most}"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody who sees the survey at a moment: a visitor on a page, or a member by his letter."""

    at: datetime
    language: str
    way: str
    person: int = 0
    visitor: int = 0
    known: int = 0

    @property
    def who(self) -> str:
        """By what a second answer is told."""
        if self.person:
            return f"p{self.person}"
        return f"k{self.known}" if self.known else f"v{self.visitor}"


def voices_load(*, site: Site, members: dict[int, str], seed: int, until: datetime) -> int:
    """Ask visitors, and members of the club (key and language); returns how many answered.

    Nothing is done where somebody has a survey of this key.
    """
    with sitebook.everything():
        if Survey.objects.filter(key=asked.KEY).exists():
            return 0
        rng = np.random.default_rng([seed, 12])
        with transaction.atomic():
            draft = survey_make(
                site=site.pk, key=asked.KEY, name=asked.NAME, questions=asked.QUESTIONS, texts=asked.TEXTS
            )
            survey = survey_start(survey=draft.pk, at=until - LAST)
            return _asked(survey, _seen(site, members, rng, until), rng)


def voices_remove() -> None:
    """Take the survey away with all that was answered; facts go with the site's."""
    with sitebook.everything():
        Survey.objects.filter(key=asked.KEY, site__is_demo=True).delete()


def _seen(site: Site, members: dict[int, str], rng: np.random.Generator, until: datetime) -> list[Seen]:
    """Return who sees the survey; a browser that comes back on another day sees it once."""
    since = until - LAST
    found: dict[str, Seen] = {}
    query = _SEEN.format(site=site.pk, since=f"{since.astimezone(UTC):%Y-%m-%d %H:%M:%S}", most=VISITORS_MOST)
    for row in opening.store().query(query).to_pylist():
        at = row["at"].replace(tzinfo=UTC) + SOON
        each = Seen(at, _tongue(row["language"]), "block", visitor=row["visitor"], known=row["known"])
        if at + SOON < until:
            found.setdefault(each.who, each)
    for person, language in sorted(members.items())[:MEMBERS_MOST]:
        at = since + timedelta(seconds=float(rng.random()) * (LAST - timedelta(hours=1)).total_seconds())
        found[f"p{person}"] = Seen(at, _tongue(language), "letter", person)
    return list(found.values())


def _tongue(language: str) -> str:
    short = language[:2]
    code = TONGUES.get(short, short)
    return code if code in SHARES else "en"


def _asked(survey: Survey, seen: Sequence[Seen], rng: np.random.Generator) -> int:
    facts: list[Fact] = []
    rows: list[tuple[Seen, Response]] = []
    for each in seen:
        response = Response(
            survey=survey, at=each.at, language=each.language, way=each.way, person_id=each.person or None,
            visitor=each.visitor, known=each.known, who=each.who,
        )  # fmt: skip
        facts.append(fact_shown(survey, response, _number(each)))
        if rng.random() < ANSWER[each.way]:
            response.at = each.at + SOON / 2
            response.answers = voice_of(each.language, rng).answers
            rows.append((each, response))
    made = Response.objects.bulk_create([response for _each, response in rows], batch_size=200)
    for (each, _row), response in zip(rows, made, strict=True):
        facts += facts_of(survey, response, _number(each))
    for piece in _pieces(facts):
        record_many(piece)
    _count([response.at for response in made], survey)
    return len(made)


def _number(each: Seen) -> int:
    return NUMBER_BASE | each.person if each.person else 0


def _pieces(facts: list[Fact]) -> Iterator[list[Fact]]:
    return (facts[start : start + PIECE] for start in range(0, len(facts), PIECE))


def _count(moments: Sequence[datetime], survey: Survey) -> None:
    days: dict[date, int] = {}
    for at in moments:
        days[at.date()] = days.get(at.date(), 0) + 1
    SurveyDay.objects.bulk_create(
        [SurveyDay(survey=survey, on=day, outcome=TAKEN, count=count) for day, count in days.items()]
    )
