"""Values are read by the kind of their attribute, and found by rows of text and numbers."""

from datetime import date

import pytest

from zoco.people.attributes import Indexed, Value, ValueWrong, value_indexed, value_read
from zoco.people.fields import field_read

PLANS = ("Basic", "Gold")


@pytest.mark.parametrize(
    ("kind", "raw", "value", "indexed"),
    [
        ("text", " Málaga ", "Málaga", [("málaga", None)]),
        ("number", "1 234,5", 1234.5, [("", 1234.5)]),
        ("number", 7, 7.0, [("", 7.0)]),
        ("flag", "Sí", True, [("", 1.0)]),
        ("flag", "否", False, [("", 0.0)]),
        ("day", "1970-01-02", "1970-01-02", [("", 86_400.0)]),
        ("day", date(1969, 12, 31), "1969-12-31", [("", -86_400.0)]),
        ("moment", "1970-01-01T02:00:00+02:00", "1970-01-01T00:00:00+00:00", [("", 0.0)]),
        ("choice", "GOLD", "Gold", [("gold", None)]),
        ("choices", "gold|Basic|gold", ["Gold", "Basic"], [("gold", None), ("basic", None)]),
    ],
)
def test_value_is_read_and_found(kind: str, raw: object, value: Value, indexed: list[Indexed]) -> None:
    assert value_read(kind, raw, choices=PLANS) == value
    assert value_indexed(kind, value) == indexed


@pytest.mark.parametrize(
    ("kind", "raw", "said"),
    [
        ("text", "x" * 1_001, "at most 1000 characters; this one has 1001"),
        ("number", "many", "no number"),
        ("number", "nan", "no number"),
        ("number", "1e400", "no number"),
        ("flag", "perhaps", "neither yes nor no"),
        ("day", "31.12.2026", "no day"),
        ("moment", "noon", "no moment"),
        ("choice", "Silver", "none of: Basic, Gold"),
        ("colour", "red", "no kind 'colour'"),
    ],
)
def test_value_of_another_kind_is_told(kind: str, raw: object, said: str) -> None:
    with pytest.raises(ValueWrong, match=said):
        value_read(kind, raw, choices=PLANS)


@pytest.mark.parametrize("raw", ["0001-01-01T00:00+05:00", "9999-12-31T23:59-05:00", "0001-01-01T00:00"])
def test_moments_at_the_edge_of_all_years_are_refused(raw: str) -> None:
    with pytest.raises(ValueWrong):
        value_read("moment", raw)


def test_a_name_is_one_line_wherever_it_comes_from() -> None:
    assert field_read("name", " Ana\r\nBcc: eve@evil.example\u2028\x0b Prieto\x1b ") == (
        "Ana Bcc: eve@evil.example Prieto"
    )
    assert field_read("city", "\r\n") == ""
