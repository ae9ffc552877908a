"""What is not in a model, or not as one might think, in sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.ledger.pictures import formats
from zoco.mix.controls.series import control_called
from zoco.mix.naming import channel_name
from zoco.mix.weeks import Weeks
from zoco.sites.wording import said_again


def notes(weeks: Weeks) -> list[str]:
    """Say what is not in the model, or not as one might think."""
    found = []
    if weeks.gathered:
        found.append(
            _("Together as all other sources, as they are too small to be told by themselves: %(names)s.")
            % {"names": ", ".join(channel_name(each) for each in weeks.gathered)}
        )
    if weeks.left_out:
        found.append(
            (
                _("Left out, as even together money was spent on fewer than 28 days: %(names)s.")
                if weeks.is_daily
                else _("Left out, as even together money was spent in fewer than 8 weeks: %(names)s.")
            )
            % {"names": ", ".join(channel_name(each) for each in weeks.left_out)}
        )
    if weeks.others:
        sums = ", ".join(formats.money(total, code) for code, total in sorted(weeks.others.items()))
        found.append(_("No rate was in force for costs that are in no channel: %(sums)s.") % {"sums": sums})
    if not weeks.has_year:
        found.append(
            _(
                "Under two years there is no season in the model: what comes back each year may be taken for "
                "an effect of money that was spent then."
            )
        )
    return found + _of_days(weeks) + _of_controls(weeks)


def _of_days(weeks: Weeks) -> list[str]:
    if not weeks.rare:
        return []
    words = _(
        "Costs of these channels stand on single days, as if those of a week were typed on one: %(names)s. "
        "Of them days tell nothing right; choose weeks, or import costs by day."
    )
    return [words % {"names": ", ".join(map(channel_name, weeks.rare))}]


def _of_controls(weeks: Weeks) -> list[str]:
    """Say which controls are not in the model, and for how much of the time a known day stood for others."""
    found = []
    for key, why in weeks.unknown.items():
        given = {"name": control_called(key), "why": said_again(*why)}
        found.append(_("The control %(name)s is not in the model: %(why)s.") % given)
    for key, periods in weeks.carried.items():
        words = (
            _("Of the control %(name)s the last known day stands for days without one: %(some)s of %(all)s.")
            if weeks.is_daily
            else _(
                "Of the control %(name)s the last known day stands for weeks without one: %(some)s of "
                "%(all)s."
            )
        )
        given = {"some": formats.count(periods), "all": formats.count(weeks.fitted)}
        found.append(words % {"name": control_called(key), **given})
    return found


def note_of_tests(apart: int) -> list[str]:
    """Say how many tests of these weeks and channels measured something else than the model explains."""
    if not apart:
        return []
    words = ngettext(
        "%(count)s test of a channel is not held against this model: it counted conversions by other goals, "
        "or by which is not known.",
        "%(count)s tests of channels are not held against this model: they counted conversions by other "
        "goals, or by which is not known.",
        apart,
    )
    return [words % {"count": formats.count(apart)}]
