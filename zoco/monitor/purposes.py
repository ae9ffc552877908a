"""What lists say: the button that makes one of a kind, and what it is for."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

GOAL = (
    _("New goal"),
    _(
        "A goal is what a site is for: an order, a sign-up, a page that people should reach. With one, "
        "reports say how often it is reached and which visits reach it."
    ),
    ngettext_lazy("%(count)s goal", "%(count)s goals", "number"),
)
FUNNEL = (
    _("New funnel"),
    _(
        "A funnel is a row of goals that people reach one after the other, such as product seen, basket "
        "filled, order placed. It shows how many come to each step and where they stop."
    ),
    ngettext_lazy("%(count)s funnel", "%(count)s funnels", "number"),
)
ANNOTATION = (
    _("New annotation"),
    _(
        "An annotation is a note on a day, such as a release or a newsletter. It stands on the curves of "
        "reports, so that everybody knows why a figure jumped."
    ),
    ngettext_lazy("%(count)s annotation", "%(count)s annotations", "number"),
)
ALARM = (
    _("New alarm"),
    _(
        "An alarm watches a figure of a site and tells you when it is not what the weeks before lead to "
        "expect, so that nobody has to look every day."
    ),
    ngettext_lazy("%(count)s alarm", "%(count)s alarms", "number"),
)
SEGMENT = (
    _("New segment"),
    _(
        "A segment is a set of filters under a name, such as visitors from Spain by phone. Open a report, "
        "press Filter, then Save as segment…; from then on it is one click in the menu Segments of every "
        "report."
    ),
    ngettext_lazy("%(count)s segment", "%(count)s segments", "number"),
)
EXPORT_PLAN = (
    _("New scheduled export"),
    _(
        "A scheduled export writes the facts of a site into files again and again, for tools of your own or "
        "as a copy elsewhere."
    ),
    ngettext_lazy("%(count)s scheduled export", "%(count)s scheduled exports", "number"),
)
