"""The nine models: what each credits, by which formula, and where it comes from."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrOrPromise

RULES = "Google Analytics, Matomo"
MARKOV = (
    "E. Anderl, I. Becker, F. von Wangenheim, J. H. Schumann, International Journal of Research in "
    "Marketing 33 (2016) 457–474, section 3"
)
SHAPLEY = (
    "L. S. Shapley, A value for n-person games (1953); K. Zhao, S. H. Mahboobi and S. R. Bagheri, "
    "arXiv:1804.05327 (2018), section 3"
)


@dataclass(frozen=True, slots=True)
class Explained:
    """A model as pages tell of it. `formula` and `source` are the same in every language."""

    key: str
    label: StrOrPromise
    meaning: StrOrPromise
    formula: str
    source: str


EXPLAINED = {
    each.key: each
    for each in (
        Explained(
            "first", pgettext_lazy("attribution", "First"), _("All to the touch with which the path begins."),
            "w₁ = 1", RULES,
        ),
        Explained(
            "last", pgettext_lazy("attribution", "Last"), _("All to the last touch before the conversion."),
            "wₙ = 1", RULES,
        ),
        Explained(
            "last_non_direct", pgettext_lazy("attribution", "Last not direct"),
            _("All to the last touch that came by something; to direct where there was nothing else."),
            "wₖ = 1, k = max{i: cᵢ ≠ ∅}", RULES,
        ),
        Explained(
            "linear", pgettext_lazy("attribution", "Linear"), _("The same to each touch."), "wᵢ = 1/n", RULES,
        ),
        Explained(
            "position", pgettext_lazy("attribution", "Position"),
            _("40% to the first touch, 40% to the last, the rest in equal parts to those between."),
            "w₁ = wₙ = 0.4, wᵢ = 0.2/(n − 2)", RULES,
        ),
        Explained(
            "time_decay", pgettext_lazy("attribution", "Time decay"),
            _("Half as much for each week that a touch lies further back."),
            "wᵢ ∝ 2^(−(t − tᵢ)/7 d)", RULES,
        ),
        Explained(
            "markov_1", pgettext_lazy("attribution", "Markov 1"),
            _(
                "In proportion to how many conversions would be missing without the channel, if people go on "
                "from touch to touch as they were seen to."
            ),
            "wᵢ ∝ 1 − P₋ᵢ(y = 1) / P(y = 1)", MARKOV,
        ),
        Explained(
            "markov_2", pgettext_lazy("attribution", "Markov 2"),
            _("The same, where the next touch depends on the last two."),
            "wᵢ ∝ 1 − P₂,₋ᵢ(y = 1) / P₂(y = 1)", MARKOV,
        ),
        Explained(
            "shapley", pgettext_lazy("attribution", "Shapley"),
            _("In equal parts to all channels of the path, however often and in which order they were met."),
            "φᵢ = Σ {v(S)/|S|: S ∋ i}", SHAPLEY,
        ),
    )
}  # fmt: skip
