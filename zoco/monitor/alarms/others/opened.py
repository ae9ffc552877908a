"""What the figures of an incident open to."""

from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone import stood
from zoco.ledger.pictures.alone.pages import Drawing
from zoco.ledger.pictures.explained import Explained, Pairs
from zoco.monitor.alarms.detecting import OTHERS_LEAST
from zoco.monitor.alarms.models import Incident
from zoco.monitor.alarms.others import averages
from zoco.monitor.alarms.others.kinds import OF_COSTS, OF_LETTERS

COUNTS = (
    "A. Noufaily et al., Statistics in Medicine 32 (2013) 1206–1222; C. P. Farrington et al., J. R. Stat. "
    "Soc. A 159 (1996) 547–563; M. Kulldorff (1997); D. B. Neill (2012)"
)
AVERAGES = (
    "P. McCullagh, J. A. Nelder, Generalized Linear Models (1989), sections 8.2 and 9.2; M. Kulldorff (1997)"
)
LETTERS = "P. McCullagh, J. A. Nelder, Generalized Linear Models (1989), section 4.5"
COSTS = (
    "G. E. P. Box, G. M. Jenkins (1970), section 3.2; F. H. C. Marriott, J. A. Pope (1954); F. Garwood, "
    "Biometrika 28 (1936) 437–442; W. Feller (1968), section XII.2"
)


def opened_of(incident: Incident) -> Explained | None:
    """Return what an incident opens to; None for one of our own work, which has no figures."""
    if incident.alarm.kind == "export":
        return None
    if incident.alarm.kind in OF_COSTS:
        return of_costs(incident)
    if incident.found["measure"] in averages.OF:
        return of_averages(incident)
    return of_counts(incident, is_of_letters=incident.alarm.kind in OF_LETTERS)


def of_counts(incident: Incident, *, is_of_letters: bool) -> Explained:
    """Return what an incident of counts opens to, or one of letters."""
    data = _data(incident)
    if is_of_letters:
        return Explained(
            _("What was done with the newest letters within a day of leaving, against those before."),
            [
                (_("Expected"), "n p, p = Σ k / Σ n"),
                (_("Dispersion of the counts"), "φ = max(1, X² / (N − 1))"),
                (_("Odds of chance alone"), "P(X ≤ k), P(X ≥ k)"),
            ],
            LETTERS,
            data,
            _interval(),
        )
    return Explained(
        _(
            "What was counted in the last hours, against the same hours of the days before: a level that "
            "follows the season, times a factor for the day of the week. A part that fell is held to the "
            "rest of its day: what moves all alike is none of its own."
        ),
        [
            (_("Expected"), "μ = ℓ f(d), w = 2^(−a / 21 d)"),
            (
                _("Expected of a part"),
                _("μ = level × factor(day) × rest now ÷ its mean, rest = whole − part"),
            ),
            (
                _("Dispersion of the counts"),
                "φ = max(1, Σ w (y − μ)²/μ / Σ w · N/(N − 7)), N = (Σ w)² / Σ w²",
            ),
            (_("Odds of chance alone"), _("P(X ≤ seen) or P(X ≥ seen), X negative binomial with mean μ")),
        ],
        COUNTS,
        data,
        _interval(),
    )


def of_averages(incident: Incident) -> Explained:
    """Return what an incident of an average opens to."""
    return Explained(
        _(
            "What an order was worth in the last hours, against the days before, given how many orders there "
            "are."
        ),
        [
            (_("Expected"), "μ = Σ w s / Σ w n, w = 2^(−a / 21 d)"),
            (
                _("Dispersion of what an order is worth"),
                "φ = V / μ², V = Σ w n (s/n − μ)² / Σ w · N/(N − 1)",
            ),
            (
                _("Odds of chance alone"),
                _("P(X ≤ s/(φμ)) or P(X ≥ s/(φμ)), X negative binomial with mean n/φ"),
            ),
        ],
        AVERAGES,
        _data(incident),
        _interval(),
    )


def dispersion_of(incident: Incident) -> str:
    """Name the dispersion of an incident: of counts, or of what an average is of."""
    is_average = incident.found["measure"] in averages.OF
    return _("Dispersion of what an order is worth") if is_average else _("Dispersion of the counts")


def held_to(incident: Incident) -> str:
    """Say against what the figures of an incident were held."""
    found = incident.found
    if not found.get("part") or incident.alarm.kind in OF_LETTERS or found["measure"] in averages.OF:
        return _("its own days before")
    return _(
        "the rest of its day and its own days before; where the rest is under %(least)s, only the latter, "
        "less what the rest fell"
    ) % {"least": formats.count(OTHERS_LEAST)}


def _data(incident: Incident) -> Pairs:
    zone = incident.alarm.site.zone
    return [
        (pgettext("incident", "Opened"), formats.moment(incident.opened_at.astimezone(ZoneInfo(zone)))),
        (_("Time zone"), zone),
        (_("Days of history"), str(incident.found.get("days", "–"))),
    ]


def _interval() -> str:
    return _(
        "The interval holds what is seen 95% of the time if all goes on as before. The odds are those of "
        "one look; the page of alarms says how many false alarms there were a week."
    )


def of_costs(incident: Incident) -> Explained:
    """Return what an incident of a campaign's costs opens to."""
    return Explained(
        _("What a campaign costs and brings, against its plan, its budget or a bound that was set."),
        [
            (_("Sum of all days"), _("so far + Σ mean of the weekday of each day to come")),
            (_("Return on ad spend"), _("revenue ÷ cost")),
            (_("Cost per visitor who converted"), _("cost ÷ distinct visitors with a conversion")),
        ],
        COSTS,
        [(_("Site"), incident.alarm.site.name), (_("Time zone"), incident.alarm.site.zone)],
        _(
            "It is told when the whole interval lies beyond the bound. A level that changes for good, as "
            "when a budget is raised, is not foreseen."
        ),
    )


def drawings(picture: SafeString, title: str, about: str, opened: Explained) -> list[Drawing]:
    """Return the picture of an incident."""
    return [Drawing("incident", title, about, partial(stood.one, picture), opened)]
