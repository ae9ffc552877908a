"""Pages about people, consent, channels and letters say moments in one way: in the zone that they name."""

import re

from tests.contracts.tree import ROOT, name

APPS = ("people", "consent", "channels", "mail")
PAGE = '{% extends "zoco/desk/frame.html" %}'
NAMED = "{% moments_zone %}"
# Template filters of Django's, which write in UTC; but not the hours of a rule, which are on no day.
IN_UTC = re.compile(r"\|(?:date|time|timesince|timeuntil)\b")
HOURS = re.compile(r"(?:opens|closes)_at\|time\b")
BY_HAND = re.compile(r"\bformats\.moment\(|\blocaltime\(|\bdate_format\(")
EXEMPT = {
    "zoco/consent/panels.py": "hours and choices of one person, by that person's clock, which it names",
    "zoco/mail/letters/filters.py": "days in letters, without an hour",
}


def _wrong(text: str) -> list[str]:
    found = IN_UTC.findall(HOURS.sub("", text))
    if PAGE in text and "|moment" in text and NAMED not in text:
        found.append("names no zone")
    return found


def test_templates_show_moments_by_our_filter_and_name_the_zone() -> None:
    pages = [path for app in APPS for path in (ROOT / "zoco" / app).rglob("templates/**/*.html")]

    found = {name(path): wrong for path in pages if (wrong := _wrong(path.read_text("utf-8")))}

    assert found == {}
    assert len(pages) > 50


def test_code_writes_moments_by_the_same() -> None:
    paths = [
        path for app in APPS for path in (ROOT / "zoco" / app).rglob("*.py") if "tests" not in path.parts
    ]

    found = {name(path) for path in paths if BY_HAND.search(path.read_text("utf-8"))}

    assert found == set(EXEMPT)


def test_another_way_would_be_found() -> None:
    assert _wrong('{{ note.at|date:"DATETIME_FORMAT" }}') == ["|date"]
    assert _wrong(f"{PAGE}{{{{ note.at|moment }}}}") == ["names no zone"]
    assert _wrong(f"{PAGE}{{{{ note.at|moment }}}}{NAMED}{{{{ rule.opens_at|time:'H:i' }}}}") == []
