"""What a page says when it cannot answer: one sentence, what to do, and never a 500."""

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from zoco.kit.periods import PeriodUnreadable
from zoco.kit.plugs import PlugUnknown
from zoco.kit.said import Said
from zoco.ledger.asking.filters import FilterWrong
from zoco.ledger.asking.question import QuestionWrong
from zoco.ledger.report import ParameterWrong, ReportHidden
from zoco.ledger.sitebook import NoSiteYet, SiteUnknown
from zoco.ledger.store.base import QueryFailed, StoreBusy, StoreNewer
from zoco.ledger.store.duckdb.socket.wire import QueryTooSlow


@dataclass(frozen=True, slots=True)
class Problem:
    """`remedy` is "retry", "reset" (no query), "period", "new" (a site) or "" (all reports)."""

    status: int
    title: object
    advice: object
    remedy: str = ""
    shows_detail: bool = True


@dataclass(frozen=True, slots=True)
class Detail:
    """What exactly is wrong. `language` is said where it is not that of the page: "en", or "" where it is."""

    words: str
    language: str = ""


# Raised by the kit, which has no catalogue of its own.
_OF_THE_KIT = (
    gettext_noop("The period ends on %(last)s, before it begins on %(first)s."),
    gettext_noop("%(text)r is no period; write it as 2015-05-17..2015-05-20."),
    gettext_noop("The zone %(zone)s states no offset."),
)
_WRONG_ADDRESS = _("The address of this page asks for something that it does not have. Nothing was changed.")
FORBIDDEN = Problem(
    403,
    _("You may not see this page"),
    _("Your account lacks the permission. Whoever runs this installation can give it to you."),
    shows_detail=False,
)
PROBLEMS: dict[type[Exception], Problem] = {
    ReportHidden: FORBIDDEN,
    PlugUnknown: Problem(
        404, _("There is no such report"), _("It may have been renamed or removed."), shows_detail=False
    ),
    SiteUnknown: Problem(
        404, _("There is no such site"), _("Choose one of the sites that there are."), "site"
    ),
    NoSiteYet: Problem(
        404,
        _("There is no site yet"),
        _("Make one, then import the log of your web server. Run this where Zoco runs:"),
        "new",
    ),
    PeriodUnreadable: Problem(
        400, _("The period cannot be read"), _("Choose one from the list, or give two days."), "period"
    ),
    FilterWrong: Problem(400, _("This filter does not exist"), _WRONG_ADDRESS, "reset"),
    ParameterWrong: Problem(400, _("This choice does not exist"), _WRONG_ADDRESS, "reset"),
    QuestionWrong: Problem(400, _("This address cannot be read"), _WRONG_ADDRESS, "reset"),
    StoreBusy: Problem(
        503,
        _("The ledger does not answer right now"),
        _("It is being taken over by another process, which takes a few seconds. Facts are still kept."),
        "retry",
    ),
    StoreNewer: Problem(
        503, _("The data are newer than this program"), _("Start the newer version of Zoco again.")
    ),
    QueryTooSlow: Problem(
        503,
        _("This question takes too long"),
        _(
            "The ledger stopped working on it. Choose a shorter period, or ask whoever runs this "
            "installation to allow more time (ZOCO_QUERY_SECONDS). Nothing was lost."
        ),
        "period",
        shows_detail=False,
    ),
    QueryFailed: Problem(
        503,
        _("The ledger could not answer this question"),
        _("Nothing was lost. Try a shorter period; the reason stands in the log."),
        "retry",
    ),
}
ERRORS = tuple(PROBLEMS)


def problem_of(error: Exception) -> Problem:
    """Return what to say about an error of PROBLEMS, or of a subclass of one."""
    for kind in type(error).__mro__:
        if kind in PROBLEMS:
            return PROBLEMS[kind]
    raise error


def said(error: Said) -> str:
    """Say what is wrong in the language of the reader."""
    return gettext(error.words) % error.places


def detail_of(error: Exception) -> Detail:
    """Return what exactly is wrong; what the engine says stays English."""
    if isinstance(error, NoSiteYet):
        return Detail(error.command, "en")
    return Detail(said(error)) if isinstance(error, Said) else Detail(str(error), "en")
