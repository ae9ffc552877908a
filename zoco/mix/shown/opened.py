"""What the figures of a media mix open to, and its pictures as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone import stood
from zoco.ledger.pictures.alone.laying import Body
from zoco.ledger.pictures.alone.pages import Drawing
from zoco.ledger.pictures.explained import Explained, Pairs
from zoco.mix.models import MediaMix

MODEL = "y = b + Σ βᵢ s(aᵢ) + ε"
ADSTOCK = "aᵢ(t) = Σ rᵢˡ xᵢ(t − l) / Σ rᵢˡ"
SATURATION = {"hill": "s(a) = aᵏ / (aᵏ + hᵏ)", "logistic": "s(a) = (1 − e^(−λa)) / (1 + e^(−λa))"}
SOURCE = (
    "Y. Jin, Y. Wang, Y. Sun, D. Chan, J. Koehler, Bayesian Methods for Media Mix Modeling with Carryover "
    "and Shape Effects, Google (2017); A. Vehtari et al., Bayesian Analysis 16 (2021) 667–718"
)
LEARNT = "E. S. Garrett, S. L. Zeger, Biometrics 56 (2000) 1055–1067"
ADVICE = "R. Bellman, Dynamic Programming (1957), chapter I"
DEMAND = (
    "D. Chan, M. Perry, Challenges and Opportunities in Media Mix Modeling, Google (2017); A. Chen et al., "
    "Bias Correction For Paid Search In Media Mix Modeling, Google (2018); C. W. J. Granger, Econometrica 37 "
    "(1969) 424–438; E. Lazarus et al., J. Bus. Econ. Stat. 36 (2018) 541–559; S. Holm, Scand. J. Statist. 6 "
    "(1979) 65–70"
)
Shown = Mapping[str, Any]
Panels = dict[str, tuple[str, Pairs, str]]
"""By key: definition, formula, source."""


def opened(mix: MediaMix, shown: Shown, about: str, zone: str) -> dict[str, Explained]:
    """Return what each panel of a fitted model opens to."""
    is_daily = shown["is_daily"]
    data = [
        (_("Period"), about),
        (_("Days fitted") if is_daily else _("Weeks fitted"), shown["weeks"]),
        (_("Time zone"), zone),
        (
            _("Spending"),
            _("Costs of campaigns by source, and those of eight more weeks before, which work on."),
        ),
        (_("Outcomes"), _("As the report on traffic counts them, refunds taken off.")),
        (_("Tests of channels"), str(shown["tests"])),
        *((_("Left out"), each) for each in shown["notes"]),
    ]
    model = [
        (_("Outcome of a day") if is_daily else _("Outcome of a week"), MODEL),
        (
            _("Baseline b"),
            _("level, trend, weekdays, season, public holidays, controls")
            if is_daily
            else _("level, trend, season, public holidays, controls"),
        ),
        (_("Adstock a"), ADSTOCK),
        (_("Saturation s"), SATURATION[mix.saturation]),
    ]
    panels = {**_of_channels(is_daily), **_of_money(is_daily), **_of_demand(), **_of_all(is_daily)}
    return {
        key: Explained(definition, [*formula, *model], source, data, _uncertainty())
        for key, (definition, formula, source) in panels.items()
    }


def _of_channels(is_daily: bool) -> Panels:
    brought = _(
        "What would be missing if nothing had been spent on the channel, within the weeks of the model; what "
        "spending of the last weeks brings later is not counted."
    )
    returns = (
        (_("Brought"), "Σ βᵢ s(aᵢ(t))"),
        (_("Return on ad spend"), _("brought ÷ spent")),
        (_("Return of the next money"), _("what one per cent more in every week adds ÷ its cost")),
    )
    if is_daily:
        more = _("What the channel adds in a day if as much is spent on each, within what was ever spent.")
        added = pgettext("mix", "Added in a day")
    else:
        more = _("What the channel adds in a week if as much is spent in each, within what was ever spent.")
        added = pgettext("mix", "Added in a week")
    return {
        "returns": (brought, returns, SOURCE),
        "responses": (more, ((added, "βᵢ s(x)"),), SOURCE),
    }


def _of_demand() -> Panels:
    asked = _(
        "Whether spending on the channel moves with visits that nobody paid for, or comes after them, beside "
        "all that the model knows, and how much of its spending is clicks at constant prices."
    )
    formula = (
        (_("Partial correlation"), "r = u′v / √(u′u · v′v)"),
        (
            _("u and v"),
            _("normal scores of spending and of visits, less what the rest of the model explains"),
        ),
        (_("t of r"), "u′v / √Ω̂T, Ω̂ = Σⱼ (√(2/T) Σₜ vₜeₜ cos πj(t − ½)/T)² / B, B = 0.41 T^⅔"),
        (_("Clicks at constant prices"), "1 − Σ (x − p · c)² / Σ (x − x̄)²"),
        (
            _("Warned of"),
            _("p by Holm below 0.05 over all channels, and clicks from 80% on with r > 0, or visits first"),
        ),
    )
    return {"demand": (asked, formula, DEMAND)}


def _of_money(is_daily: bool) -> Panels:
    best = (
        _(
            "The split of the budget whose expected outcome is the highest, no channel beyond what was ever "
            "spent on it in a day."
        )
        if is_daily
        else _(
            "The split of the budget whose expected outcome is the highest, no channel beyond what was ever "
            "spent on it in a week."
        )
    )
    advice = (
        (pgettext("budget", "Advised"), _("the split with the highest mean outcome over all draws")),
        (pgettext("budget", "Gain"), _("outcome as advised − outcome as now, in each draw")),
        (_("Regret"), _("mean over draws of: outcome of that draw’s best split − outcome as advised")),
    )
    return {"advice": (best, advice, f"{ADVICE}; {SOURCE}")}


def _of_all(is_daily: bool) -> Panels:
    parts = (
        (_("Part"), _("sum over weeks of the part’s mean over draws")),
        (pgettext("mix", "Unexplained"), _("outcome − all other parts")),
    )
    return {
        "waterfall": (
            _("All outcomes, parted into what the model says that they came of."), parts, SOURCE,
        ),
        "fit": (
            _("What came on each day beside the mean that the model says of it.")
            if is_daily
            else _("What came in each week beside the mean that the model says of it."),
            (("R²", "1 − Σ (y − ŷ)² / Σ (y − ȳ)²"),),
            SOURCE,
        ),
        "learnt": (
            _("What was believed of a parameter before, and what is known of it after the data."),
            ((_("Overlap"), "∫ min(p(θ), p(θ | y)) dθ"),),
            f"{LEARNT}; {SOURCE}",
        ),
    }  # fmt: skip


def _uncertainty() -> str:
    return _(
        "Bounds hold with 90% probability if the model is right; they are quantiles of draws from the "
        "posterior. What is not in the model and drives both spending and outcomes makes it wrong by more "
        "than any bound says: only tests of channels find that."
    )


def drawings(shown: Shown, opens: Mapping[str, Explained], about: str) -> list[Drawing]:
    """Return the pictures of a fitted model."""
    channels = [each for each in shown["channels"] if each["is_told"]]
    present = [each for each in shown["advice"] if each["is_present"]]
    curves = [(each["name"], each["picture"]) for each in shown["curves"] if each["picture"]]
    channel, part, sure = _("Channel"), _("Part"), formats.percent(0.9, 0)
    if shown["is_daily"]:
        split, fitted = _("Now and advised, a day"), _("What came and what was fitted, by day")
    else:
        split, fitted = _("Now and advised, a week"), _("What came and what was fitted, by week")

    def table(
        rows: Sequence[Shown], figure: Callable[[Shown], str], heads: tuple[str, str, str]
    ) -> Callable[[], Body]:
        return lambda: stood.lines([_line(each, figure) for each in rows], heads=heads)

    warned = [(each["name"], each["picture"]) for each in shown["demand"] if each["is_warned"]]
    found: list[tuple[str, str, Callable[[], Body]]] = [
        ("demand", _("Whether spending follows demand"), partial(stood.several, warned)),
        ("returns", _("Return with its bounds"), table(channels, _returned, (channel, "", sure))),
        *(
            ("advice", _("How the same money would be split best"), table(
                each["shares"], _split, (channel, "", split))
            )
            for each in present
        ),
        ("responses", _("What more of a channel would bring"), partial(stood.several, curves)),
        ("waterfall", _("What everything is made of"), table(
            shown["waterfall"], _part, (part, "", sure))
        ),
        ("fit", fitted, partial(stood.one, shown["fit_curve"].wide)),
        ("learnt", _("What the data taught"), table(shown["learnt"], _taught, (channel, "", sure))),
    ]  # fmt: skip
    full = {"responses": curves, "returns": channels, "demand": warned}
    empty = {key for key, rows in full.items() if not rows}
    return [Drawing(key, title, about, body, opens[key]) for key, title, body in found if key not in empty]


def _line(each: Shown, figure: Callable[[Shown], str]) -> stood.Line:
    name = f"{each['channel']}: {each['parameter']}" if "parameter" in each else each["name"]
    return stood.Line(name, each["picture"], figure(each))


def _returned(each: Shown) -> str:
    return f"{each['roas']} ({each['roas_between']})"


def _split(each: Shown) -> str:
    return f"{each['present']} → {each['advised']}"


def _part(each: Shown) -> str:
    return f"{each['amount']} ({each['between']})" if each["between"] else str(each["amount"])


def _taught(each: Shown) -> str:
    return f"{each['prior']} → {each['posterior']}"
