"""What is worked out for many lines at once is what each of them gives alone."""

from datetime import UTC, datetime
from random import Random

import numpy as np
import pytest

from zoco.collector.logs.base import FORMATS
from zoco.collector.logs.clf import clf_moment, clf_moments
from zoco.collector.logs.clock import DAY, EARLIEST, now_micros
from zoco.collector.logs.cutting import Surprise, cut_combined
from zoco.collector.logs.pending import Group, distinct
from zoco.collector.logs.plain import fact_of
from zoco.collector.logs.quick import Quick
from zoco.collector.reasons import Reason, Refused
from zoco.collector.tests.conftest import line, read
from zoco.sites.published import PublishedSite

NAMED = line(3).replace(b" - - [", b" - joe [")
MAY = 1_431_857_100_000_000
STAMP = b"17/May/2015:10:05:03 +0000"


def test_refused_lines_among_many_leave_the_others_as_they_are(site: PublishedSite) -> None:
    combined, lines = FORMATS.get("combined"), [line(number, second=number % 60) for number in range(1000)]
    lines[7], lines[500], lines[999] = b"nonsense", b"", line().replace(b"17/May", b"31/Feb")
    quick = Quick(site, combined, "x", 5)

    facts = read(quick, lines, first=101)

    good = [raw for number, raw in enumerate(lines) if number not in (7, 500, 999)]
    assert facts == [fact_of(raw, site, combined, origin_key="x", received_at=5) for raw in good]
    assert [(refusal.number, refusal.reason) for refusal in quick.refusals] == [
        (108, Reason.UNREADABLE),
        (1100, Reason.BAD_DATE),
    ]
    assert (quick.counts.lines, quick.counts.facts, quick.counts.blank) == (1000, 997, 1)


NOON = EARLIEST + 9_999 * DAY + DAY // 2


def stamped(at: int) -> bytes:
    moment = datetime.fromtimestamp(at // 1_000_000, UTC)
    return line().replace(STAMP.replace(b":03", b":00"), moment.strftime("%d/%b/%Y:%H:%M:%S +0000").encode())


@pytest.mark.parametrize(
    ("at", "is_good"),
    [
        (EARLIEST - 1_000_000, False),
        (EARLIEST, True),
        (NOON + DAY + DAY // 2 - 1_000_000, True),
        (NOON + DAY + DAY // 2, False),
        (253_402_200_000_000_000, False),
        (-30_000_000_000_000_000, False),
    ],
)
def test_times_before_1990_and_after_tomorrow_are_refused(
    site: PublishedSite, at: int, is_good: bool
) -> None:
    combined, lines = FORMATS.get("combined"), [line(1), stamped(at), line(2)]
    quick = Quick(site, combined, "x", 5, clock=lambda: NOON)

    facts = read(quick, lines)

    assert [fact.occurred_at for fact in facts] == [MAY, at, MAY] if is_good else [MAY, MAY]
    assert quick.counts.refused == ({} if is_good else {Reason.IMPLAUSIBLE_DATE: 1})
    if not is_good:
        with pytest.raises(Refused) as refused:
            fact_of(stamped(at), site, combined, clock=lambda: NOON)
        assert refused.value.reason is Reason.IMPLAUSIBLE_DATE


def test_a_line_of_now_is_no_line_of_the_future(site: PublishedSite) -> None:
    (fact,) = read(Quick(site, FORMATS.get("combined"), "x", 5), [stamped(now_micros())])

    assert 0 <= now_micros() - fact.occurred_at < 60_000_000


@pytest.mark.parametrize("some", [[line(1), line(2)], [NAMED, line(2)], [line(2), NAMED, NAMED]])
def test_cutting_gives_what_the_pattern_gives(some: list[bytes]) -> None:
    combined = FORMATS.get("combined")

    assert cut_combined(some) == tuple(map(list, zip(*map(combined.hit, some), strict=True)))


@pytest.mark.parametrize(
    "odd",
    [
        line(1)[:-1],
        line(1).replace(b"] ", b"] x "),
        line(1).replace(b"- - [", b"- - x"),
        line(1).replace(b"+0000] ", b"+0000]x"),
        line(1).replace(b'"GET', b'""GET').replace(b'1.1"', b"1.1"),
        line(1).replace(b" 200 ", b" 20 "),
        line(1).replace(b'"-"', b'"\\"'),
        line(1).replace(b"192.0.2.2", b""),
        NAMED.replace(b"] ", b"] x "),
        NAMED.replace(b"joe", b"[joe"),
        NAMED.replace(b"joe", b"joe smith"),
    ],
)
def test_what_only_the_pattern_knows_is_left_to_it(odd: bytes) -> None:
    for some in ([odd], [line(2), odd], [odd, line(2)]):
        with pytest.raises(Surprise):
            cut_combined(some)


def test_times_of_many_stamps_are_those_of_each() -> None:
    rnd = Random(1)
    stamps = [
        b"%02d/%b/%d:%02d:%02d:%02d %b"
        % (
            rnd.randrange(1, 29),
            rnd.choice((b"Feb", b"Dec")),
            rnd.choice((1999, 2024)),
            rnd.randrange(24),
            rnd.randrange(3),
            rnd.randrange(60),
            rnd.choice((b"+0000", b"-0930")),
        )
        for _ in range(500)
    ]
    stamps.sort(key=lambda _: rnd.random() < 0.5)

    found = clf_moments(stamps)

    assert found is not None
    assert found.tolist() == [clf_moment(stamp) for stamp in stamps]


@pytest.mark.parametrize("bad", [b":60 ", b":6. ", b".03 ", b":0; "])
def test_a_wrong_second_is_no_date(bad: bytes) -> None:
    with pytest.raises(Refused) as refused:
        clf_moments([STAMP, STAMP.replace(b":03 ", bad)])

    assert refused.value.reason is Reason.BAD_DATE


def test_stamps_of_another_length_are_asked_for_one_by_one() -> None:
    assert clf_moments([STAMP, STAMP[:20]]) is None


def test_distinct_rows_are_found_whatever_their_size() -> None:
    small = [np.array(values, dtype=np.int32) for values in ([3, 0, 3, 3], [1, 1, 1, 2])]
    large = [np.array([2**40, 5, 2**40, 5]), np.array([7, 2**40, 7, 0])]

    assert distinct(*small).rows == [(3, 1), (0, 1), (3, 2)]
    assert distinct(*small).places.tolist() == [0, 1, 0, 2]
    assert distinct(*large).rows == [(2**40, 7), (5, 2**40), (5, 0)]
    assert distinct(*large).places.tolist() == [0, 1, 0, 2]


def test_a_group_numbers_its_keys_and_what_they_link_to() -> None:
    group = Group[int](("path",), lambda key: (f"/{key}", key % 2, f"{key % 3}"), links=2)

    numbers = group.number([4, 6, 4, 9], 4)

    assert numbers.tolist() == [0, 1, 0, 2]
    assert group.part(0) == ["/4", "/6", "/9"]
    odd, places = group.linked(0, numbers)
    assert (odd, places.tolist()) == ([0, 1], [0, 0, 0, 1])
    rest, places = group.linked(1, numbers)
    assert (rest, places.tolist()) == (["1", "0"], [0, 1, 0, 1])
    assert group.columns(numbers)["path"].to_pylist() == ["/4", "/6", "/4", "/9"]
    group.forget()
    assert group.number([9], 1).tolist() == [0]
