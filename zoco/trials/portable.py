"""Trials and flags as they go along when a site moves. What is dealt goes on by the hashes of the old site.

A trial that runs stays behind: browsers and visitors have other numbers in another installation, so that it
would deal everybody anew. Figures are worked out anew there, of bandits by whom they dealt on which day. A
flag whose rules name an audience is refused: audiences have other numbers there.
"""

from typing import Annotated, Any, Literal

import msgspec

from zoco.moving.parts import PARTS, Part
from zoco.trials.designs import ARMS_MOST, METRICS_MOST, ArmPlan, Metric
from zoco.trials.flags.rules import RULES_MOST, VARIANTS_MOST, Variant
from zoco.trials.flags.services import FLAGS_MOST
from zoco.trials.keeping.moving import units_packed, units_unpack
from zoco.trials.services import TRIALS_MOST


class _Batch(msgspec.Struct):
    since: int
    shares: dict[str, float]
    order: list[str]


class _Rule(msgspec.Struct):
    variant: str
    percent: float = 100.0
    prop: str = ""
    values: list[str] = []
    audience: Annotated[int, msgspec.Meta(ge=0, le=0)] = 0


def _some(kind: Any, least: int, most: int) -> Any:
    return Annotated[list[kind], msgspec.Meta(min_length=least, max_length=most)]


_PARTS = (
    Part(
        "trials", "zoco_trials.Trial",
        ("name", "key", "hypothesis", "unit", "share_percent", "holdout_percent", "layer", "layer_from",
         "arms", "metrics", "decides", "units_planned", "days_least", "ends_on", "is_public", "is_adjusted",
         "strata", "deals", "batches", "hash_site", "state", "started_at", "ended_at", "outcome_arm",
         "learnt", "withholds_by", "withholds", "withheld_arm"),
        ("key",), only={"state__in": ("draft", "stopped", "finished", "archived")},
        shapes={"arms": _some(ArmPlan, 2, ARMS_MOST), "metrics": _some(Metric, 1, METRICS_MOST),
                "batches": list[_Batch], "state": Literal["draft", "stopped", "finished", "archived"]},
        most=TRIALS_MOST,
    ),
    Part(
        "units of bandits", "zoco_trials.TrialUnit", (), (), order=6, path="trial__site",
        rows=units_packed, take=units_unpack, at_once=1,
    ),
    Part(
        "flags", "zoco_trials.Flag",
        ("name", "key", "note", "unit", "kind", "is_on", "is_public", "variants", "off_variant",
         "default_variant", "rules", "hash_site", "changed_at"),
        ("key",),
        shapes={"variants": _some(Variant, 1, VARIANTS_MOST), "rules": _some(_Rule, 0, RULES_MOST)},
        most=FLAGS_MOST,
    ),
)  # fmt: skip
for _part in _PARTS:
    PARTS.add(_part)
