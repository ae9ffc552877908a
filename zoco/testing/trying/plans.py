"""What the simulated company tries: arms with the true chance of the deed that each of them is about."""

from collections.abc import Mapping
from dataclasses import dataclass

from zoco.trials.designs import ArmPlan
from zoco.trials.flags.rules import Rule, Variant

PRODUCT, HOME = "/producto/", r"^/[a-z]+/$"


@dataclass(frozen=True, slots=True)
class Tried:
    """One trial. `began` and `ends` are days from today, `page` is a pattern that paths of its page have.

    `goal` is what decides, `event` the event that reaches it, `chances` how likely who sees an arm does it
    there. `looks` are the days before today on which figures were worked out, beside the last ones.
    """

    key: str
    name: str
    hypothesis: str
    unit: str
    began: int
    ends: int
    page: str
    goal: str
    event: str
    arms: tuple[ArmPlan, ...]
    chances: Mapping[str, float]
    decides: str = "live"
    deals: str = "even"
    strata: str = ""
    units_planned: int = 4_000
    looks: tuple[int, ...] = ()


PROMISE = Tried(
    key="delivery-day",
    name="The day of delivery on the product page",
    hypothesis="Who reads on which day a parcel comes looks the delivery up more often: by two points.",
    unit="visitor",
    began=-57,
    ends=-30,
    page=PRODUCT,
    goal="Delivery looked up",
    event="delivery looked up",
    arms=(ArmPlan("as-it-is", "No day"), ArmPlan("with-day", "With the day")),
    chances={"as-it-is": 0.10, "with-day": 0.14},
    decides="fixed",
    strata="device",
)
BUTTON = Tried(
    key="ask-button",
    name="A button to ask about a product",
    hypothesis="A button beside the price brings more questions than the link at the foot of the page.",
    unit="browser",
    began=-24,
    ends=32,
    page=PRODUCT,
    goal="Question sent",
    event="question sent",
    arms=(ArmPlan("link", "Link at the foot"), ArmPlan("button", "Button beside the price")),
    chances={"link": 0.05, "button": 0.08},
    looks=(10,),
)
BANDIT = Tried(
    key="home-picture",
    name="The picture of the home page",
    hypothesis="One of three pictures makes more people open the tasting box; they earn while we look.",
    unit="visitor",
    began=-14,
    ends=14,
    page=HOME,
    goal="Tasting box opened",
    event="tasting box opened",
    arms=(ArmPlan("oil", "Oil"), ArmPlan("cheese", "Cheese"), ArmPlan("workshop", "The workshop")),
    chances={"oil": 0.09, "cheese": 0.10, "workshop": 0.13},
    decides="fixed",
    deals="bandit",
)
TRIED = (PROMISE, BUTTON, BANDIT)

FLAG_KEY = "gift-wrap"
FLAG = {
    "name": "Gift wrap at the checkout",
    "note": "On for a tenth of visitors, for everybody in Spain. Off when the paper is used up.",
    "kind": "boolean",
    "is_on": True,
    "off_variant": "off",
    "default_variant": "off",
}
FLAG_VARIANTS = (Variant("on", "true"), Variant("off", "false"))
FLAG_RULES = (Rule("on", prop="country", values=("ES",)), Rule("on", percent=10.0))
