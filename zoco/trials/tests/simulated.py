"""A site, a trial on it, and simulated visitors who are dealt as the program deals them."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from zoco.kit.ids import uuid8
from zoco.kit.periods import micros
from zoco.ledger.schema import Fact
from zoco.monitor.services import goal_create
from zoco.sites.models import Site
from zoco.trials.deciding import dealt_arm
from zoco.trials.designs import ArmPlan, Metric
from zoco.trials.facts import SHOWN
from zoco.trials.models import Trial
from zoco.trials.services import trial_make, trial_start

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)
ARMS = (ArmPlan("a", "As it is"), ArmPlan("b", "Shorter"))
SIGNED = Metric("Signed up", "proportion", "primary", "Sign up")
MONEY = Metric("Revenue", "revenue", "guard", share=0.99)
ORDERS = Metric("Orders", "mean", "secondary", "Order")
EACH = Metric("Per order", "ratio", "secondary", "Order", "Sign up", of_amount=True)


def site_made() -> Site:
    made: Site = Site.objects.create(pk=1, slug="shop", name="Shop", zone="Europe/Madrid", currency="EUR")
    made.hostnames.create(name="shop.example")
    goal_create(site=1, name="Sign up", kind="event", event="sign up")
    goal_create(site=1, name="Order", kind="event", event="order")
    return made


def draft(metrics: Sequence[Metric] = (SIGNED,), arms: Sequence[ArmPlan] = ARMS, **fields: Any) -> Trial:
    given: dict[str, Any] = {
        "name": "Headline",
        "hypothesis": "Shorter is read by more.",
        "days_least": 1,
    } | fields
    key = given.pop("key", "headline")
    return trial_make(site=1, key=key, arms=tuple(arms), metrics=tuple(metrics), **given)


def running(metrics: Sequence[Metric] = (SIGNED,), **fields: Any) -> Trial:
    return trial_start(trial=draft(metrics, **fields).pk, at=START)


class Visits:
    """Facts of visitors, with ids that are always the same."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.facts: list[Fact] = []

    def fact(self, name: str, at: datetime, visitor: int, **more: Any) -> None:
        key = uuid8(len(self.facts), visitor, name.encode(), micros(at))
        given: dict[str, Any] = {
            "origin": "tracker",
            "site": self.trial.site_id,
            "path": "/",
            "verdict": "human",
        } | more
        moment = micros(at)
        self.facts.append(
            Fact(id=key, name=name, occurred_at=moment, received_at=moment, visitor=visitor, **given)
        )

    def view(self, at: datetime, visitor: int, **more: Any) -> None:
        self.fact("web.page.viewed", at, visitor, **more)

    def shown(self, at: datetime, visitor: int, arm: str, **more: Any) -> None:
        about = {"subject_kind": "trial", "subject": self.trial.key, "props": {"arm": arm}}
        self.fact(SHOWN, at, visitor, **about, **more)

    def event(self, at: datetime, visitor: int, word: str, amount: str = "", **more: Any) -> None:
        paid = (
            {"amount": Decimal(amount), "amount_site": Decimal(amount), "currency": "EUR"} if amount else {}
        )
        self.fact("web.event.sent", at, visitor, subject_kind="event", subject=word, **paid, **more)


def crowd(
    trial: Trial,
    count: int,
    rates: Mapping[str, float],
    *,
    seed: int = 1,
    days: float = 7.0,
    since: datetime = START,
) -> Iterator[tuple[int, str, datetime, bool]]:
    """Yield visitors who are in the trial: number, arm, when they came, whether they do it."""
    rng = random.Random(seed)
    while count:
        visitor = rng.getrandbits(62) + 1
        arm = dealt_arm(trial, visitor)
        if arm is None:
            continue
        count -= 1
        yield visitor, arm, since + DAY * (rng.random() * days), rng.random() < rates[arm]


def simulated(trial: Trial, count: int, rates: Mapping[str, float], **more: Any) -> list[Fact]:
    """Return facts of so many visitors: a page, the arm that they saw, and for some of them a sign-up."""
    made = Visits(trial)
    for visitor, arm, at, does in crowd(trial, count, rates, **more):
        made.view(at, visitor)
        made.shown(at + timedelta(seconds=1), visitor, arm)
        if does:
            made.event(at + timedelta(minutes=5), visitor, "sign up")
    return made.facts
