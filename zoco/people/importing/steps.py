"""The rows of an import, some hundred at a time: tried out, or written.

Each few are one transaction with the place behind them, so that a process may die anywhere: whoever goes on
begins where the last transaction ended, and the report of refused rows is cut to what was sure then.
"""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO

from django.db import IntegrityError, transaction
from django.utils import timezone

from zoco.kit.runs import Tell
from zoco.people.importing.files.reading import Row, rows_from
from zoco.people.importing.files.refusals import refusal_packed
from zoco.people.importing.made import Made, Options
from zoco.people.importing.mapping import Mapper
from zoco.people.importing.models import PeopleImport
from zoco.people.importing.past.telling import deeds_counted, past_tell
from zoco.people.importing.permission import KEEPERS, Told
from zoco.people.importing.uploaded import REFUSED as REFUSED
from zoco.people.importing.uploaded import ROWS as ROWS
from zoco.people.models import Attribute, Note, Person
from zoco.people.writing import Written, people_planned, people_write

CHUNK = 1_000
"""Rows of one transaction: more would let others who write wait for seconds."""


def mapper_of(run: PeopleImport) -> Mapper:
    """Return what reads the rows of an import."""
    options = Options(**run.options)
    is_ours = run.kind == "zoco"
    return Mapper(run.columns, run.mapping, options, now=run.created_at, is_ours=is_ours)


def go_through(run: PeopleImport, folder: Path, tell: Tell, *, is_dry: bool) -> None:
    """Take the rows from where it stopped to the end. Raises RunStopped."""
    mapper = mapper_of(run)
    if is_dry:
        run.plan, run.done, run.place, run.refused_bytes = {}, 0, 0, 0
    else:
        _fields_make(mapper)
    counts = Counter(run.plan if is_dry else run.counts)
    refused, seen = folder / REFUSED, set[int]()
    refused.touch(mode=0o600)
    os.truncate(refused, run.refused_bytes)
    rows = rows_from(folder / ROWS, run.place)
    with refused.open("ab") as report:
        while some := list(islice(rows, CHUNK)):
            made = [mapper.made(row) for _place, row in some]
            if is_dry:
                counts += _planned(made, mapper, seen)
                _report(report, [(each, row) for each, (_p, row) in zip(made, some, strict=True)])
                run.plan, run.done = dict(counts), run.done + len(some)
                tell(done=run.done)
            else:
                counts = _chunk(run, made, [row for _place, row in some], mapper, counts, report, some[-1][0])
                tell(done=run.done)


def past_through(run: PeopleImport, folder: Path, tell: Tell) -> None:
    """Tell the ledger what rows say of the past, of the people who are there. Raises RunStopped."""
    mapper = mapper_of(run)
    if not mapper.has_past:
        return
    made = (mapper.made(row) for _place, row in rows_from(folder / ROWS, 0))
    deeds = 0
    for some in past_tell(made, program=mapper.options.space or "import", at=run.created_at):
        deeds += some
        tell()  # all people are done, and stay so
    run.counts = run.counts | {"deeds": deeds}


def _fields_make(mapper: Mapper) -> None:
    """Make the own fields that columns become; what is there already stays."""
    for key, each in mapper.new.items():
        if not each.pk:
            defaults = {"label": each.label, "kind": each.kind}
            found = Attribute.objects.get_or_create(key=key, defaults=defaults)[0]
            each.pk = found.pk


def _planned(made: Sequence[Made], mapper: Mapper, seen: set[int]) -> Counter[str]:
    fine = [each for each in made if each.wrong is None]
    counts: Counter[str] = Counter()
    written = people_planned(
        [each.incoming for each in fine], at=mapper.now, only_blank=mapper.options.is_only_blank
    )
    for each, result in zip(fine, written, strict=True):
        each.wrong = result.why
        marks = {hash(named.place) for named in each.identities}
        if result.state != "refused":
            counts["twice" if marks & seen else result.state] += 1
            seen |= marks
    counts["refused"] = sum(each.wrong is not None for each in made)
    counts["suppressed"] = _suppressed(made)
    for each in made:
        for word in set(each.words.values()):
            counts[word] += each.wrong is None or word != "given"
    return counts + deeds_counted(made)


def _suppressed(made: Sequence[Made]) -> int:
    emails = [{named.place for named in each.identities if named.kind == "email"} for each in made]
    every = set().union(*emails)
    found = set().union(*(keeper.suppressed(every) for keeper in KEEPERS)) if every else set()
    return sum(bool(each & found) for each in emails)


def _chunk(
    run: PeopleImport, made: Sequence[Made], rows: Sequence[Row], mapper: Mapper, counts: Counter[str],
    report: IO[bytes], place: int,
) -> Counter[str]:  # fmt: skip
    """Write some rows; a second time where somebody wrote one of their addresses at the same moment."""
    for is_last in (False, True):
        end = report.tell()
        try:
            with transaction.atomic():
                now = counts + _written(made, mapper, run)
                _report(report, list(zip(made, rows, strict=True)))
                done, size = run.done + len(rows), report.tell()
                PeopleImport.objects.filter(pk=run.pk).update(
                    counts=dict(now), done=done, place=place, refused_bytes=size, told_at=timezone.now()
                )
        except IntegrityError:
            if is_last:
                raise
            report.truncate(end)
            made = [mapper.made(row) for row in rows]
            continue
        run.counts, run.done, run.place, run.refused_bytes = dict(now), done, place, size
        return now
    raise AssertionError


def _written(made: Sequence[Made], mapper: Mapper, run: PeopleImport) -> Counter[str]:
    fine = [each for each in made if each.wrong is None]
    at, counts = timezone.now(), Counter[str]()
    written = people_write([each.incoming for each in fine], at=at, only_blank=mapper.options.is_only_blank)
    found: list[tuple[Made, Person]] = []
    for each, result in zip(fine, written, strict=True):
        counts[result.state] += 1
        each.wrong = result.why
        if result.person is not None:
            found.append((each, result.person))
    strict = [left for each in made if each.wrong and (left := each.strict)]
    found += _strict_written(strict, at)
    counts["refused"] = sum(each.wrong is not None for each in made)
    counts["suppressed"] = _suppressed(made)
    _notes(found, run, at)
    told = [each for one, person in found for each in _told(one, person, mapper, run)]
    for keeper in KEEPERS:
        counts.update(keeper.take(told))
    return counts


def _strict_written(strict: Sequence[Made], at: datetime) -> Iterator[tuple[Made, Person]]:
    """Find, or make, whom refused rows speak of that leave."""
    written: list[Written] = people_write([each.incoming for each in strict], at=at) if strict else []
    for each, result in zip(strict, written, strict=True):
        if result.person is not None:
            yield each, result.person


def _told(made: Made, person: Person, mapper: Mapper, run: PeopleImport) -> Iterator[Told]:
    emails = tuple(each for each in made.identities if each.kind == "email")
    for topic, word in made.words.items():
        proof = {"import": run.name, "line": str(made.line)}
        if word == "given":
            at = made.given_at or mapper.agreed_at
            proof |= {"where": mapper.options.where, "address": made.address}
        else:
            at = made.left_at or mapper.now
            proof |= {"reason": "; ".join(made.why), "letter": made.left_letter}
        yield Told(person.pk, word, at, emails, topic, {key: value for key, value in proof.items() if value})


def _notes(found: Sequence[tuple[Made, Person]], run: PeopleImport, at: datetime) -> None:
    wanted = {(person.pk, text): None for each, person in found for text in each.notes}
    if not wanted:
        return
    people = {person for person, _text in wanted}
    held = set(Note.objects.filter(person__in=people).values_list("person_id", "text"))
    new = [
        Note(person_id=pk, text=text, by=run.created_by, at=at)
        for pk, text in wanted
        if (pk, text) not in held
    ]
    Note.objects.bulk_create(new, batch_size=CHUNK)


def _report(report: IO[bytes], rows: Sequence[tuple[Made, Row]]) -> None:
    """Write down which rows were refused and why, in words that are translated when they are read."""
    for made, row in rows:
        if (wrong := made.wrong) is not None:
            report.write(refusal_packed(row, wrong))
    report.flush()
    os.fsync(report.fileno())
