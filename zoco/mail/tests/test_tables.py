"""The tables of rules: each line can be read, has a source, and stands there once."""

from pathlib import Path

import pytest

from zoco.mail.answers import rules
from zoco.mail.answers.kinds import Reason
from zoco.mail.answers.rules.statuses import MICROSOFT, STATUSES
from zoco.mail.answers.rules.table import load, simplified

TABLES = ("providers", "languages", "general", "late", "weak")


@pytest.mark.parametrize("name", TABLES)
def test_every_rule_has_a_reason_and_a_page(name: str) -> None:
    table = load(name)

    assert table
    for rule in table:
        assert rule.reason in Reason
        assert rule.source.startswith(("https://", "http://")), rule


@pytest.mark.parametrize("name", TABLES)
def test_every_pattern_can_stand_in_a_text_as_rules_see_it(name: str) -> None:
    for rule in load(name):
        for piece in rule.pattern.split(" * "):
            assert piece == piece.lower(), rule
            assert len(piece.strip()) >= 2 or piece == "@" or not piece.isascii(), rule
            assert piece.strip() in simplified(f"x {piece} x"), rule


def test_no_pattern_stands_twice_in_a_table() -> None:
    for name in TABLES:
        patterns = [rule.pattern for rule in load(name)]

        assert len(patterns) == len(set(patterns)), name


def test_all_tables_are_read() -> None:
    folder = Path(rules.__file__).parent

    assert {path.stem for path in folder.glob("*.txt")} == {*TABLES, "marks"}


def test_a_status_has_one_source() -> None:
    assert not STATUSES.keys() & MICROSOFT.keys()
