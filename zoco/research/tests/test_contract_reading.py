"""What a typed table of contracts is read as: counts, shares of the first, and bounds of either."""

import pytest

from zoco.people.importing.typed import table_read
from zoco.research.contracts.reading import GROUPS_MOST, LARGEST, RENEWALS_MOST, groups_read


def read(*lines: str) -> tuple[list[list[float]], list[str]]:
    groups, wrongs = groups_read(table_read("\n".join(lines).encode()))
    return [each.counts for each in groups], wrongs.said()


def test_shares_are_of_the_first_count_and_everybody_may_leave() -> None:
    assert read("renewal;a;b;c", "0;1000;1;9", "1;63,1%;1;3", "2;0;;") == (
        [[1000, 631, 0], [1, 1], [9, 3]],
        [],
    )
    assert read("renewal,a", f"0,{LARGEST}", "1,0.5") == ([[LARGEST, 0.5]], [])


@pytest.mark.parametrize("first", ["0", "0.5", str(LARGEST + 1), "-1"])
def test_the_first_count_is_at_least_one_customer(first: str) -> None:
    counts, said = read("renewal,a", f"0,{first}", "1,0")

    assert f"a: {first} is no count" in said[0]
    assert counts == [[]]


def test_renewals_are_in_their_order_wherever_they_begin() -> None:
    counts = [[10, 4, 3]]

    assert read("renewal,a", "7,10", "8,4", "9,3") == (counts, [])
    assert read("renewal,a", "start,10", "1,4", "3,3") == (counts, [])
    assert read("renewal,a", "²,10", "1,4", "3,3") == (counts, [])
    assert "Renewal 3 stands where 2 is due" in read("renewal,a", "0,10", "1,4", "3,3")[1][0]


def test_cells_beyond_the_heads_are_empty() -> None:
    assert read("renewal,a", "0,10,,", "1,4,") == ([[10, 4]], [])
    assert "more cells than the first line has names" in read("renewal,a", "0,10", "1,4,,2")[1][0]
    fewer = "Line 4: b has fewer than two counts"
    assert read("renewal,a,b", "0,10,8", "1,4", "2,3") == ([[10, 4, 3], [8]], [fewer])


@pytest.mark.parametrize(("columns", "lines"), [(GROUPS_MOST, 2), (1, RENEWALS_MOST + 1)])
def test_as_many_kinds_and_renewals_as_are_worked_out_and_no_more(columns: int, lines: int) -> None:
    def of(width: int, height: int) -> list[str]:
        head = ",".join(["renewal", *(f"k{n}" for n in range(width))])
        return read(head, *(f"{at}" + ",5" * width for at in range(height)))[1]

    assert of(columns, lines) == []
    wide, long = of(columns + 1, lines), of(columns, lines + 1)
    assert (len(wide), len(long)) == ((1, 0) if lines == 2 else (0, 1))
    assert "at most 12" in wide[0] if lines == 2 else "beyond renewal 240" in long[0]
