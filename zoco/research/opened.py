"""What the figures of research open to: value, personas, what is bought together, scores, contracts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zoco.ledger.pictures.explained import Explained, Pairs

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo

MODELS = {
    "bg": (
        "P. S. Fader, B. G. S. Hardie, K. L. Lee, Marketing Science 24 (2005) 275–284, equations (6) and "
        "(10)",
        "x | λ ~ Poisson(λ t); λ ~ Γ(r, α); P(τ = tⱼ) = p (1 − p)^(j − 1), j ≥ 1; p ~ B(a, b)",
    ),
    "mbg": (
        "E. P. Batislam, M. Denizel, A. Filiztekin, Int. J. of Research in Marketing 24 (2007) 201–209",
        "x | λ ~ Poisson(λ t); λ ~ Γ(r, α); P(τ = tⱼ) = p (1 − p)^j, j ≥ 0; p ~ B(a, b)",
    ),
    "pareto": (
        "D. C. Schmittlein, D. G. Morrison, R. Colombo, Management Science 33 (1987) 1–24",
        "x | λ ~ Poisson(λ t); λ ~ Γ(r, α); τ | μ ~ Exp(μ); μ ~ Γ(s, β)",
    ),
}
MONEY = "P. S. Fader, B. G. S. Hardie, The gamma-gamma model of monetary value (2013), equation (5)"
DRAWN = "B. Efron, D. Hinkley, Biometrika 65 (1978) 457–487"
GROUPED = (
    "E. Schubert, P. J. Rousseeuw, Information Systems 101 (2021) 101804; P. J. Rousseeuw, J. Comput. "
    "Appl. Math. 20 (1987) 53–65; C. Fraley, A. E. Raftery, J. Amer. Stat. Assoc. 97 (2002) 611–631; C. "
    "Hennig, Comput. Stat. Data Anal. 52 (2007) 258–271"
)
PAIRED = "F. Garwood, Biometrika 28 (1936) 437–442; C. E. Bonferroni (1936)"
STAYING = (
    "P. S. Fader, B. G. S. Hardie, J. Interactive Marketing 21 (2007) 76–90; Marketing Science 29 (2010) "
    "85–93"
)
POOLED = "E. L. Kaplan, P. Meier, J. Amer. Statist. Assoc. 53 (1958) 457–481"
SCORED = "Hughes (1994), Strategic Database Marketing; Kendall (1945), Biometrika 33, 239–251"
Shown = Mapping[str, Any]


def _known(site: SiteInfo, *more: tuple[str, str]) -> Pairs:
    """Return what all of these figures are of."""
    return [
        *more,
        (_("Who counts once"), _("a known person, as joins and merges are known now")),
        (_("Time zone"), site.zone),
        (_("Currency"), site.currency),
    ]


def value(model: str, basis: str, site: SiteInfo) -> dict[str, Explained]:
    """Return what each panel of customer value opens to."""
    source, buying = MODELS[model]
    data = _known(
        site,
        (_("Orders"), basis),
        (
            _("Purchases"),
            _("Those of a person on one day are one; the first one is none of the repeat purchases."),
        ),
    )
    parts = [(pgettext("value", "Model"), buying), (pgettext("value", "Fit"), "max Σ ln L(x, tₓ, T)")]
    expected = _(
        "What people who have bought already are expected to buy and to spend in the next 12 months."
    )
    alive = _("How probably somebody is a customer still, by when and how often he bought.")
    sums = [
        (_("Purchases"), "Σ E[X(T, T + 365 d) | x, tₓ, T]"),
        (_("Money"), "Σ E[X] · (γ + x m) p / (p x + q − 1)"),
    ]
    chance = (_("Chance to be a customer still"), "P(τ > T | x, tₓ, T)")
    sources = f"{source}; {MONEY}; {DRAWN}"
    return {
        "expected": Explained(expected, [*parts, *sums], sources, data, f"{_drawn()} {_apart()}"),
        "holdout": _holdout(parts, source, data),
        "alive": Explained(alive, [*parts, chance], source, data, _drawn()),
    }


def _drawn() -> str:
    return _(
        "Intervals of 90% over parameters drawn as asymptotically normal in their logarithms; what will be "
        "seen is wider, as people do not do what is expected of them. That the model is right is taken for "
        "granted: see how it did in the second half."
    )


def _apart() -> str:
    return _("How much somebody spends each time is taken not to depend on how often he buys.")


def _holdout(parts: Pairs, source: str, data: Pairs) -> Explained:
    return Explained(
        _(
            "The model fitted to the first half of the time alone, held against what the same people "
            "bought in the second."
        ),
        [
            *parts,
            (_("Expected, each"), "E[X(T, T + h) | x, tₓ, T]"),
            (pgettext("model", "Error"), _("(expected − bought) ÷ bought, in the second half")),
        ],
        source,
        data,
        _(
            "What was bought is a full count; the error is of this one half and of these people, and says "
            "how far to trust the figures above."
        ),
    )


def personas(shown: Shown, site: SiteInfo) -> Explained:
    """Return what personas open to."""
    return Explained(
        _("Groups of people who are alike in the features that were chosen, and what sets each group apart."),
        [
            (_("Feature"), _("(value − mean) ÷ standard deviation, of ln(1 + value) where it is skewed")),
            (pgettext("method", "Groups around medoids"), "min Σ d(xᵢ, mₖ₍ᵢ₎)"),
            (_("Silhouette"), _("mean of (b − a) ÷ max(a, b): distance to the next group, and to the own")),
            (pgettext("method", "A mixture of normal distributions"), "BIC = k ln n − 2 ln L"),
            (_("Stability"), _("mean of |A ∩ B| ÷ |A ∪ B| over bootstrap samples")),
            (_("Apart, in standard deviations"), _("mean of the group − mean of the others")),
        ],
        GROUPED,
        _known(
            site,
            (pgettext("rfm", "People"), shown["basis"]),
            (_("Features"), ", ".join(str(each) for each in shown["features"])),
            (_("Method"), str(shown["method"])),
        ),
        _(
            "Stability says how surely a group is there: from 0.75 on it is stable, below 0.6 it is no "
            "finding. Medians are full counts of the people of the group."
        ),
    )


def affinity(shown: Shown, site: SiteInfo) -> Explained:
    """Return what pairs of products open to."""
    return Explained(
        _(
            "How often two products were bought in one order, or one in the next order after the other, "
            "against how often that would happen if they did not know of each other."
        ),
        [
            (_("Share of the first"), _("orders with both ÷ orders with the first")),
            (_("Times as often as by chance"), _("both × all ÷ (the first × the other), each in orders")),
            (_("Bounds"), "½ χ²(α/2; 2k) … ½ χ²(1 − α/2; 2k + 2)"),
        ],
        PAIRED,
        _known(site, (_("Orders"), shown["basis"])),
        _(
            "The interval is the exact one of a count and holds with 95% for all pairs together that these "
            "products could form, shown or not. It errs towards “not sure” where both products are in many "
            "orders."
        ),
    )  # fmt: skip


def scores(shown: Shown, site: SiteInfo, scale: str) -> Explained:
    """Return what scores and segments open to."""
    left_out = [(_("Left out"), shown["unknown"])] if shown["unknown"] else []
    return Explained(
        _(
            "Known people with an order in the time chosen of which something is left, by how late the last "
            "purchase was, how many there were and how much is left of them."
        ),
        [
            (_("Score by fifths"), _("⌊5 × (people below + half of those alike) ÷ people⌋ + 1, at most 5")),
            (_("Score by bounds"), _("1 + number of bounds that are reached")),
            (_("Share of the money"), _("money of the segment ÷ money of all")),
            (_("Purchases each"), _("purchases of the segment ÷ its people")),
        ],
        SCORED,
        _known(site, (_("Orders"), shown["whole"]), (_("Scores"), scale), *left_out),
        _(
            "None from sampling: everybody who is known was counted. The names of segments are words of "
            "the trade, not findings."
        ),
    )


def contracts(told: Shown, site: SiteInfo) -> Explained:
    """Return what a table of contracts opens to: who stays, what they still pay, what was kept back."""
    pooled, pooled_source = _pooled(is_together=bool(told["is_together"]))
    return Explained(
        _(
            "Each customer renews with a chance of his own, the same at each renewal; those with a low one "
            "leave first, so the share that renews rises. Paid periods are those that are still expected, "
            "each worth less the later it comes."
        ),
        [
            (_("Renews"), "P(N > n | θ) = (1 − θ)ⁿ; θ ~ B(α, β)"),
            (_("Still there"), "S(n) = B(α, β + n) ÷ B(α, β)"),
            *pooled,
            (_("Expected to renew"), "S(n) ÷ S(n − 1)"),
            (_("Paid periods"), "Σₖ₌₁ S(n + k) ÷ S(n) ÷ (1 + d)ᵏ⁻¹"),
            (_("A new customer"), "Σₖ₌₀ S(k) ÷ (1 + d)ᵏ"),
            (pgettext("contracts", "Fit"), "max Σ ln L(α, β)"),
            (pgettext("model", "Error"), _("mean of |expected − stayed| ÷ stayed over renewals kept back")),
        ],
        "; ".join([STAYING, DRAWN, *pooled_source]),
        [
            (_("Table"), _("counts of customers that somebody typed or uploaded; no facts of the ledger")),
            (_("Discount a year"), str(told["discount"])),
            (_("Site"), site.name),
        ],
        _(
            "Bounds hold nine times in ten if the model is right: of the curve and of paid periods by draws "
            "of the parameters from their approximate distribution, of renewals kept back by the chance of "
            "so many customers besides."
        ),
    )


def _pooled(*, is_together: bool) -> tuple[Pairs, list[str]]:
    """Return how cohorts of different ages are taken together, and its source; none where they are not."""
    if not is_together:
        return [], []
    product = _("∏ over k ≤ n of (stayed at renewal k ÷ were there before it), over the cohorts that old")
    return [(_("Was there, cohorts together"), product)], [POOLED]
