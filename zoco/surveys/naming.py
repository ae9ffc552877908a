"""Who knows what surveys ask: reports ask here, and know no tables of the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from zoco.ledger.report import Missing, ParameterWrong

if TYPE_CHECKING:
    from zoco.ledger.report import Choices
    from zoco.ledger.sitebook import SiteInfo


@dataclass(frozen=True, slots=True)
class Named:
    """A question of a survey: the keys that facts have, and what both are called. Names are unique."""

    survey: str
    survey_name: str
    question: str
    words: str
    is_scale: bool
    options: tuple[tuple[str, str], ...] = ()
    """Keys and words of what may be chosen; words are unique."""

    @property
    def line(self) -> str:
        """The same as a line of a listed table."""
        return _line(self.survey, self.question, self.survey_name, self.words)

    @property
    def option_lines(self) -> Iterator[str]:
        """Its options, each as a line of a listed table."""
        for key, words in self.options:
            yield _line(self.survey, self.question, key, self.survey_name, self.words, words)


def _line(*cells: str) -> str:
    return "\t".join(" ".join(cell.split()) for cell in cells)


COLUMNS = ("survey_key", "question_key", "survey_name", "words")
OPTION_COLUMNS = ("subject", "question", "option", "survey_name", "words", "option_words")
Provider = Callable[[int], tuple[Named, ...]]
_providers: list[Provider] = []


def provide(provider: Provider) -> None:
    """Register who knows the questions of a site's surveys that began; called once, by the app itself."""
    _providers[:] = [provider]


def named_of(site: SiteInfo) -> tuple[Named, ...]:
    """Return the questions of a site's surveys, those of the newest survey first."""
    return _providers[0](site.id) if _providers else ()


def listed(found: tuple[Named, ...]) -> str:
    """Return questions as lines, which an expression takes in."""
    return "\n".join(each.line for each in found)


def options_listed(found: tuple[Named, ...]) -> str:
    """Return options as lines, which an expression takes in."""
    return "\n".join(line for each in found for line in each.option_lines)


def surveys_of(site: SiteInfo) -> Choices:
    """Return a site's surveys to choose from."""
    found = {each.survey: each.survey_name for each in named_of(site)}
    return (("", _("all surveys")), *found.items())


def scales_of(site: SiteInfo) -> Choices:
    """Return the questions with a score to choose from, as survey:question."""
    scales = [each for each in named_of(site) if each.is_scale]
    made = tuple((f"{each.survey}:{each.question}", f"{each.survey_name}: {each.words}") for each in scales)
    return (("", _("all questions of recommendation")), *made)


def known(chosen: str, choices: Choices) -> str:
    """Return what was chosen. Raises ParameterWrong where the site has no such thing."""
    if chosen not in dict(choices):
        raise ParameterWrong(gettext_noop("This site has no such survey or question; choose another."))
    return chosen


def missing_of(site: SiteInfo) -> Missing | None:
    """Say that a site has asked nobody yet."""
    if named_of(site):
        return None
    return Missing(
        _("No surveys yet"),
        _("Make a survey and begin it; what people answer is counted here from then on."),
        _("Surveys"),
        "zoco_surveys",
    )
