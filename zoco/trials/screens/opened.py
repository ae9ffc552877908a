"""What the figures of trials open to: lift, guards, beliefs, a bandit; and of the planner and the holdout."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone import stood
from zoco.ledger.pictures.alone.pages import Drawing
from zoco.ledger.pictures.explained import Explained, Pairs
from zoco.stats.trials.bandits import FLOOR, FLOOR_OF_MEANS
from zoco.trials.designs import HONEST
from zoco.trials.models import Trial
from zoco.trials.screens import said

LIVE = (
    "H. Robbins, Ann. Math. Stat. 41 (1970) 1397–1409; I. Waudby-Smith et al., Annals of Statistics 52 "
    "(2024), theorem 2.2; R. Johari et al., Operations Research 70 (2022) 1806–1821"
)
FIXED = "B. L. Welch, Biometrika 34 (1947) 28–35"
FIELLER = "E. C. Fieller, J. R. Stat. Soc. B 16 (1954) 175–185"
SEVERAL = (
    "S. Holm, Scand. J. Statist. 6 (1979) 65–70; Y. Benjamini, Y. Hochberg, J. R. Stat. Soc. B 57 (1995) "
    "289–300"
)
METRICS = {
    "ratio": "A. Deng, U. Knoblich, J. Lu, KDD 2018, section 3",
    "quantile": "A. Deng, U. Knoblich, J. Lu, KDD 2018, section 4",
    "revenue": "R. Kohavi, D. Tang, Y. Xu, Trustworthy Online Controlled Experiments (2020), chapter 18",
}
FORMULAS = {
    "proportion": "k / n", "mean": "Σ y / n", "ratio": "Σ y / Σ x", "revenue": "Σ min(y, c) / n",
    "quantile": "inf{y : F(y) ≥ q}", "retention": "k / n",
}  # fmt: skip
CUPED = "A. Deng, Y. Xu, R. Kohavi, T. Walker, WSDM 2013, section 3.2"
GUARDS = (
    "A. Fabijan et al., KDD 2019; M. Lindon, A. Malek, Anytime-valid inference for multinomial count data, "
    "NeurIPS 2022"
)
BELIEFS = (
    "A. Gelman et al., Bayesian Data Analysis, 3rd ed. (2013), section 2.5; C. Stucchio, Bayesian A/B "
    "testing at VWO (2015)"
)
BANDIT = (
    "W. R. Thompson, Biometrika 25 (1933) 285–294; O. Chapelle, L. Li, NIPS 2011; V. Hadad et al., PNAS 118 "
    "(2021) e2014602118"
)
SCORED = "E. B. Wilson, JASA 22 (1927) 209–212; O. Miettinen, M. Nurminen, Stat. Med. 4 (1985) 213–226"
POWER = "J. Cohen, Statistical Power Analysis, 2nd ed. (1988), chapter 2"
LIVE_INTERVAL = "d ± s √((x + 1)/x · ln((x + 1)/α²)), x = n ρ²"
LIVE_P = "√(x + 1) e^(−z²x / (2(x + 1)))"
WELCH = "t = d / √(s₁²/n₁ + s₂²/n₂)"
LIFT = "d / C, {r : (T − r C)² ≤ c² (V_T − 2 r V_TC + r² V_C)}"
HONEST_VALUE = "Σ √eᵢ ψ / Σ √eᵢ"
HONEST_DIFFERENCE = "d = Σ h (ψᵢ − ψ₀) / Σ h, h = (1/eᵢ + 1/e₀)^(−1/2)"
HONEST_LIFT = "T / C − 1, {r : (T − r C)² ≤ 1.96² V(r)}"
Shown = Mapping[str, Any]


def opened(row: Trial, shown: Shown, result: Mapping[str, Any]) -> dict[str, Explained]:
    """Return what each panel of a trial's figures opens to."""
    data = _data(row, shown)
    found = {"lift": _lift(row, shown, result, data), "guards": _guards(row, data)}
    if shown["beliefs"]:
        found["beliefs"] = _beliefs(data)
    if shown["days"]:
        found["bandit"] = _bandit(data, FLOOR if shown["is_share"] else FLOOR_OF_MEANS)
    return found


def _data(row: Trial, shown: Shown) -> Pairs:
    return [
        (_("Began"), shown["since"]),
        (_("As of"), shown["until"]),
        (_("Time zone"), row.site.zone),
        (_("Who is dealt"), str(row.get_unit_display())),
        (_("Exposed"), "; ".join(f"{name}: {exposed}" for name, exposed, _dealt in shown["counts"])),
        (_("Left out: their days are not over"), shown["left_out"]),
        (_("Left out: saw more than one arm, or another than dealt"), shown["crossed"]),
    ]


def _lift(row: Trial, shown: Shown, result: Mapping[str, Any], data: Pairs) -> Explained:
    kinds = {each.kind for each in row.metrics_planned}
    is_live = shown["is_live"] and not row.is_bandit
    is_adjusted = any(kept["kept_share"] < 1 for kept in result["metrics"])
    more = [METRICS[kind] for kind in sorted(kinds & METRICS.keys())]
    adjusted = [CUPED] if is_adjusted else []
    way = BANDIT if row.is_bandit else LIVE if is_live else FIXED
    return Explained(
        _(
            "What each unit did in the days after it first saw an arm, by the arm that it was dealt; the "
            "difference is that of an arm with the control."
        ),
        _bandit_parts(row) if row.is_bandit else _parts(row, is_live=is_live, is_adjusted=is_adjusted),
        "; ".join([way, SCORED if row.is_bandit else FIELLER, SEVERAL, *more, *adjusted]),
        data,
        f"{_looks(is_live=is_live)} {_several(is_bandit=row.is_bandit)}",
    )


def _looks(*, is_live: bool) -> str:
    """Say how often an interval may be looked at."""
    if is_live:
        return _(
            "The interval holds at every look, and the p-value with it: in at most 5 of 100 trials without "
            "an effect it ever leaves out 0, however often one looks."
        )
    return _(
        "The interval is of the one look at the set end: of 100 such trials without an effect it leaves "
        "out 0 in about 5."
    )


def _several(*, is_bandit: bool) -> str:
    """Say what is corrected for how many figures there are."""
    if is_bandit:
        return _(
            "A metric has one p-value, of its difference; the lift is what the same test does not rule out, "
            "so that it says the same. Corrected: by Holm over the arms for what decides, by Benjamini and "
            "Hochberg over what is looked at. What must not get worse is not corrected."
        )
    return _(
        "A metric has one p-value, of its difference; the lift is an interval by Fieller that says the same. "
        "Corrected: by Holm over the arms for what decides, by Benjamini and Hochberg over what is looked "
        "at. What must not get worse is not corrected."
    )


def _parts(row: Trial, *, is_live: bool, is_adjusted: bool) -> Pairs:
    parts = [(each.name, FORMULAS[each.kind]) for each in row.metrics_planned]
    if is_adjusted:
        parts.append((_("With what was known before"), "ȳₐ − θ (x̄ₐ − x̄), θ = cov(x, y) / var(x)"))
    return [
        *parts,
        (_("Difference"), _("d = value of the arm − value of the control")),
        (_("Interval of 95%"), LIVE_INTERVAL if is_live else WELCH),
        ("p", LIVE_P if is_live else f"2 P(T ≥ |t|), {WELCH}"),
        (_("Lift"), LIFT),
    ]


def _bandit_parts(row: Trial) -> Pairs:
    """Return what honest figures are; of other metrics a bandit has none."""
    return [
        *((each.name, HONEST_VALUE) for each in row.metrics_planned if each.kind in HONEST),
        (_("Difference"), HONEST_DIFFERENCE),
        (_("Interval of 95%"), "{δ : (d − δ)² ≤ 1.96² V(δ)}"),
        ("p", "2 Φ(−|d| / √V(0))"),
        (_("Lift"), HONEST_LIFT),
    ]


def _guards(row: Trial, data: Pairs) -> Explained:
    days = (
        _("Of a bandit, for each day by itself"),
        _("the least p of its days × the days from its first to its last, at most 1"),
    )
    return Explained(
        _("Whether the trial may be believed: whether arms have as many units as their weights say."),
        [
            (
                pgettext("guard", "Sample ratio"),
                _("p = 1 ÷ Bayes factor of ratios around the planned ones against those, at most 1"),
            ),
            (_("Exposure"), _("χ² of exposed and not exposed, by arm, of all who were dealt")),
            (
                said.GUARDS["crossover"],
                _("units that saw more than one arm, or another than they were dealt ÷ exposed units"),
            ),
            *([days] if row.is_bandit else []),
        ],
        GUARDS,
        data,
        _(
            "A guard fails below p = 0.001, as it looks at many trials; exposure, while the trial runs, "
            "below 0.00001, as it is looked at often; units that saw more than one arm above 1%. If one "
            "fails, something is broken."
        ),
    )


def _beliefs(data: Pairs) -> Explained:
    return Explained(
        _("What may be believed of each arm after the units that were seen, by Bayes."),
        [
            (_("Chance to be the best"), "P(θᵢ = max θ)"),
            (_("Expected loss if chosen"), "E[max θ − θᵢ]"),
            (_("Value, credible at 95%"), _("shares: Beta(1 + k, 1 + n − k); else normal: mean ± z s / √n")),
        ],
        BELIEFS,
        data,
        _(
            "Intervals hold with 95% probability under the prior that is stated. They are not corrected for "
            "looking often, and decide nothing."
        ),
    )


def _bandit(data: Pairs, floor: float) -> Explained:
    least = formats.percent(floor, 0)
    return Explained(
        _(
            "Shares are set before midnight for the whole next day: how probably each arm is the best so "
            "far, at least %(least)s. Figures of arms weigh each day by its shares."
        )
        % {"least": least},
        [
            (_("Share set"), f"f + (1 − K f) P(θᵢ = max θ), f = {least}"),
            (_("Score of a unit"), "ψᵢ = m + 1{i} (y − m) / eᵢ"),
            (_("Value"), HONEST_VALUE),
        ],
        BANDIT,
        data,
        _(
            "Shares are exact, and have no bounds. Values stand at the end alone, with intervals that "
            "allow for how shares moved."
        ),
    )


def planned(site_zone: str, history: Pairs, error: str, spread: str) -> Explained:
    """Return what a plan opens to; `spread` is how much units vary where the effect is there."""
    return Explained(
        _("How many units, and days of the site’s traffic, it takes to find the effect as surely as asked."),
        [
            (
                _("Decided once at its end"),
                _("the least n with P(|t| > c) ≥ power, t noncentral with δ = d / √(s₀²/n₀ + s₁²/n₁)"),
            ),
            ("s₁²", spread),
            (_("Decided live, at most"), _("the least n by which as many courses as asked leave out 0")),
            (_("Interval of 95%"), LIVE_INTERVAL),
            (_("Days"), _("until new units × share of the traffic are as many")),
        ],
        f"{POWER}; {LIVE}",
        [(_("Period"), _("the last four whole weeks")), (_("Time zone"), site_zone), *history],
        _(
            "Live figures come from 20,000 simulated courses, with an error of %(error)s in the power. "
            "What the metric was is taken for known: traffic and habits that change make a plan wrong."
        ) % {"error": error},
    )  # fmt: skip


def held_out(site_zone: str, figures: Pairs) -> Explained:
    """Return what the comparison with those held out opens to."""
    return Explained(
        _(
            "Everybody who came counts, from the first page since the first of these trials began, in the "
            "group where the hash puts him, whatever he saw."
        ),
        [
            (_("Value"), "k / n, Σ y / n"),
            (_("Difference"), _("d = value of everybody else − value of those held out")),
            (_("Interval of 95%"), LIVE_INTERVAL),
            ("p", LIVE_P),
        ],
        f"{LIVE}; {FIELLER}",
        [(_("Time zone"), site_zone), *figures],
        _looks(is_live=True),
    )


def drawings(row: Trial, shown: Shown, opens: Mapping[str, Explained]) -> list[Drawing]:
    """Return the pictures of a trial: the forest plot, and of a bandit how shares moved."""
    found = []
    if shown["alone"]:
        title = _("Lift against “%(control)s”") % {"control": shown["control"]}
        found.append(Drawing("lift", title, row.name, partial(stood.one, shown["alone"]), opens["lift"]))
    if shown["moved_alone"]:
        body = partial(stood.one, shown["moved_alone"])
        found.append(Drawing("bandit", _("How the shares moved"), row.name, body, opens["bandit"]))
    return found
