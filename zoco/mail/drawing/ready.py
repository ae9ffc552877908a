"""Journeys that are drawn already, to begin with: each asks only for its letters and its own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zoco.mail.journeys.kinds import KINDS

Graph = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ready:
    """One of them. `goal` is a fact; entries and graph are as journeys keep them."""

    key: str
    label: Promise
    note: Promise
    graph: Graph
    entries: Sequence[dict[str, Any]] = ()
    goal: str = ""
    again_days: int | None = None
    asks: str = ""
    """The kind of entry that only its owner can name; he is asked for it first."""
    letters: Mapping[str, str] = field(default_factory=dict)
    """Steps, and the letters of the gallery that can be written for them."""


def _letter(following: str = "") -> Graph:
    return {"kind": "letter", "settings": {}, "next": {"": following} if following else {}}


def _wait(count: int, following: str, unit: str = "days") -> Graph:
    return {"kind": "wait", "settings": {"count": count, "unit": unit}, "next": {"": following}}


def _order(days: int, yes: str, no: str) -> Graph:
    following = {"yes": yes, "no": no}
    settings = {"fact": ORDERED, "count": days, "unit": "days"}
    return {"kind": "fact", "settings": settings, "next": {way: to for way, to in following.items() if to}}


ORDERED = "shop.order.placed"
END: Graph = {"kind": "end", "settings": {}, "next": {}}

READY = (
    Ready(
        "welcome",
        _("Welcome"),
        _("Three letters in the first two weeks; whoever buys gets no more of them."),
        {
            "start": "s1",
            "steps": {
                "s1": _letter("s2"), "s2": _order(3, "s6", "s3"), "s3": _letter("s4"),
                "s4": _order(7, "s6", "s5"), "s5": _letter(), "s6": END,
            },
        },
        [{"kind": "fact", "fact": "consent.choice.given", "where": []}],
        ORDERED,
        letters={"s1": "welcome", "s3": "announcement", "s5": "offer"},
    ),
    Ready(
        "basket",
        _("Abandoned basket"),
        _("Somebody filled a basket and did not buy: a reminder after an hour, another after a day."),
        {
            "start": "s1",
            "steps": {
                "s1": {"kind": "fact", "settings": {"fact": ORDERED, "count": 1, "unit": "hours"},
                       "next": {"yes": "s5", "no": "s2"}},
                "s2": _letter("s3"), "s3": _order(1, "s5", "s4"), "s4": _letter(), "s5": END,
            },
        },
        [{"kind": "program"}, {"kind": "fact", "fact": "shop.basket.added", "where": []}],
        ORDERED,
        7,
        letters={"s2": "basket", "s4": "basket"},
    ),
    Ready(
        "win-back",
        _("Win-back"),
        _("Whoever entered an audience of people who have not bought for long hears of you twice."),
        {
            "start": "s1",
            "steps": {"s1": _letter("s2"), "s2": _order(7, "s4", "s3"), "s3": _letter(), "s4": END},
        },
        [],
        ORDERED,
        180,
        "audience",
        {"s1": "announcement", "s3": "offer"},
    ),
    Ready(
        "birthday",
        _("Birthday"),
        _("A letter on the morning of the day itself, each year."),
        {"start": "s1", "steps": {"s1": _letter()}},
        [],
        ORDERED,
        300,
        "date",
        {"s1": "offer"},
    ),
    Ready(
        "review",
        _("Request for a review"),
        _("Ten days after an order somebody is asked how it was, at ten in the morning."),
        {
            "start": "s1",
            "steps": {
                "s1": _wait(10, "s2"),
                "s2": {"kind": "hour", "settings": {"hour": 10, "weekdays": [0, 1, 2, 3, 4, 5, 6]},
                       "next": {"": "s3"}},
                "s3": _letter(),
            },
        },
        [{"kind": "fact", "fact": ORDERED, "where": []}],
        "",
        60,
        letters={"s3": "review"},
    ),
)  # fmt: skip


def ready_there() -> list[Ready]:
    """Return those all of whose steps are of kinds that there are."""
    kinds = set(KINDS.keys())
    return [each for each in READY if {step["kind"] for step in each.graph["steps"].values()} <= kinds]


def ready_of(key: str) -> Ready | None:
    """Return one of them by its key."""
    return next((each for each in ready_there() if each.key == key), None)
