"""What is chosen of a trial: who is dealt, what decides, how arms are dealt and weighed, what is withheld."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Unit(models.TextChoices):
    """Whoever is dealt."""

    VISITOR = "visitor", _("a visitor of a day, also without consent")
    BROWSER = "browser", _("a browser that consented, for as long as it keeps its id")
    PERSON = "person", _("a known person, told by your own programs")


class Decides(models.TextChoices):
    """Which figure decides. One of them is chosen before, so that a metric has one p-value."""

    LIVE = "live", _("the live figure, at any time")
    FIXED = "fixed", _("the figure at the end, on the day that is set now")


class Deals(models.TextChoices):
    """Whether shares of arms stay."""

    EVEN = "even", _("by the weights of the arms, all the time")
    BANDIT = "bandit", _("day by day more to whoever does better (bandit)")


class Strata(models.TextChoices):
    """By what arms are weighed: what was known of a unit before it saw one."""

    NONE = "", pgettext_lazy("by", "nothing")
    COUNTRY = "country", pgettext_lazy("by", "country")
    DEVICE = "device", pgettext_lazy("by", "device")
    SYSTEM = "os", pgettext_lazy("by", "operating system")
    LANGUAGE = "language", pgettext_lazy("by", "language")
    CHANNEL = "channel", pgettext_lazy("by", "source channel")
    RETURNING = "returning", _("new or returning")


class Withholds(models.TextChoices):
    """By what it is named what one arm does not get; as credits of attribution are told apart."""

    NOTHING = "", pgettext_lazy("withheld", "nothing")
    SOURCE = "source", pgettext_lazy("withheld", "a source")
    CHANNEL = "channel", pgettext_lazy("withheld", "a source channel")
    CAMPAIGN = "campaign", pgettext_lazy("withheld", "a campaign")
    CONTENT = "content", pgettext_lazy("withheld", "a creative")
