"""Words of Wagtail's admin that stand on lists and forms of ours, and that its own catalogues lack.

Nothing calls this: it brings them into our catalogue, which stands before Wagtail's. What Wagtail
translates some day may go; a test says so.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

WORDS = (
    _("Go to the first error"),
    _("There are validation errors, click save to highlight them."),
    _("Show filters"),
    _("Filter by"),
    _("any"),
    _("Search…"),
    _("There are no results."),
    _("There are no %(model_name)s to display."),
    _('There are no %(model_name)s to display. Why not <a href="%(add_url)s">add one</a>?'),
    _("No %(model_name)s match your query."),
    _("Sort by '%(label)s' in ascending order."),
    _("Sort by '%(label)s' in descending order."),
    _("More options for '%(title)s'"),
    _("More bulk actions"),
    _("(blank)"),
    _("Usage count"),
    _("Actions (footer)"),
    _("One or more references to this %(model_name)s prevent it from being deleted."),
    _("If you confirm deletion"),
    _("Edit account avatar"),
    _("Use server language: %(language_name)s"),
    _("Use server time zone"),
    _("Keyboard shortcuts"),
    _("Show keyboard shortcuts"),
    _("Save changes"),
)
COUNTS = (
    ngettext_lazy(
        "This %(model_name)s is referenced %(usage_count)s time.",
        "This %(model_name)s is referenced %(usage_count)s times.",
        "usage_count",
    ),
    ngettext_lazy("Referenced %(count)s time", "Referenced %(count)s times", "count"),
)
