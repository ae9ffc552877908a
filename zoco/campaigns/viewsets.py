"""Campaigns, short links and words for tags in Wagtail's admin."""

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.models import DeleteView, EditView

from zoco.campaigns import purposes
from zoco.campaigns.models import Campaign, Link, Word
from zoco.ledger import sitebook
from zoco.ledger.asking.goals import goals_of
from zoco.ledger.pictures import formats
from zoco.ledger.viewsets import AddView, ListViewSet

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Campaign]
else:
    _ModelForm = forms.ModelForm


class DayInput(forms.DateInput):
    """A day as browsers ask for it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class CampaignForm(_ModelForm):
    """A campaign; its goal is one of those that its site has."""

    class Meta:
        model = Campaign
        fields = (
            "site", "name", "code", "goal", "budget", "margin_percent", "roas_least", "cac_most", "starts_on",
            "ends_on", "note",
        )  # fmt: skip
        widgets = {"starts_on": DayInput, "ends_on": DayInput, "note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        sites = sitebook.sites()
        if not self.instance.pk and "site" not in self.initial:
            self.initial["site"] = next((site.id for site in sites), None)
        names = {goal.name: None for site in sites for goal in goals_of(site.id)}
        kept = [self.instance.goal] if self.instance.goal not in ("", *names) else []
        choices = [("", _("None")), *((name, name) for name in (*kept, *names))]
        label, hint = self.fields["goal"].label, self.fields["goal"].help_text
        self.fields["goal"] = forms.ChoiceField(choices=choices, required=False, label=label, help_text=hint)

    def clean(self) -> dict[str, Any]:
        """Hold the goal to those of the site."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        site, goal = cleaned.get("site"), cleaned.get("goal")
        if site and goal and goal not in {each.name for each in goals_of(site.pk)}:
            self.add_error("goal", _("The site has no goal of this name; choose one of its own."))
        return cleaned


def figures_url(campaign: Campaign) -> str:
    """Return the overview of what a campaign brought, over its period if it has one."""
    site = sitebook.site(campaign.site.slug)
    asked = {"site": site.slug, "f.campaign": campaign.code}
    today = timezone.now().astimezone(ZoneInfo(site.zone)).date()
    if campaign.starts_on and campaign.starts_on <= today:
        asked["period"] = f"{campaign.starts_on}..{min(campaign.ends_on or today, today)}"
    return f"{reverse('zoco_desk:overview', args=['traffic'])}?{urlencode(asked)}"


def _figures(campaign: Campaign) -> SafeString:
    said = _("Figures of %(campaign)s") % {"campaign": campaign.name}
    return format_html('<a href="{}" aria-label="{}">{}</a>', figures_url(campaign), said, _("Figures"))


def _period(campaign: Campaign) -> str:
    first, last = campaign.starts_on, campaign.ends_on
    if first and last:
        return formats.span(first, last)
    if first:
        return _("from %(day)s") % {"day": formats.span(first, first)}
    return _("until %(day)s") % {"day": formats.span(last, last)} if last else "–"


def _budget(campaign: Campaign) -> str:
    return formats.money(campaign.budget, campaign.site.currency) if campaign.budget else "–"


class CampaignViewSet(ListViewSet):
    """List, make and change campaigns."""

    new_label, purpose, counted = purposes.CAMPAIGN
    model = Campaign
    own_form = CampaignForm
    icon = "tag"
    menu_label = gettext_lazy("Campaigns")
    list_display = [
        "name",
        "code",
        "site",
        Column("period", label=gettext_lazy("Period"), accessor=_period),
        Column("budget", label=gettext_lazy("Budget"), accessor=_budget),
        Column("goal", label=gettext_lazy("Goal"), accessor=lambda each: each.goal or "–"),
        Column("figures", label=pgettext_lazy("reports", "Figures"), accessor=_figures),
    ]
    search_fields = ["name", "code"]
    ordering = ["-id"]


class _Back:
    """Leads back to the page that the thing is listed on."""

    object: Any
    page: str

    def get_success_url(self) -> str:
        return f"{reverse(self.page)}?{urlencode({'site': self.object.site.slug})}"


class _ToLinks(_Back):
    page = "zoco_links"


class _ToTags(_Back):
    page = "zoco_tags"


class LinkEditView(_ToLinks, EditView):
    """Change a link."""


class LinkDeleteView(_ToLinks, DeleteView):
    """Delete a link."""


class LinkViewSet(ListViewSet):
    """Change and delete short links; they are made where tags are put on an address."""

    new_label, purpose, counted = purposes.LINK
    model = Link
    icon = "link"
    edit_view_class = LinkEditView
    delete_view_class = LinkDeleteView
    list_display = ["slug", "target", "site"]
    ordering = ["-id"]
    form_fields = ["site", "slug", "target", "campaign", "source", "medium", "content", "term", "is_open"]


class WordAddView(_ToTags, AddView):
    """Add a word, to the site that the page was about."""

    def get_initial(self) -> dict[str, Any]:
        """Return the site, the tag and the value that were pressed."""
        return {name: self.request.GET.get(name) for name in ("site", "tag", "value")}


class WordEditView(_ToTags, EditView):
    """Change a word."""


class WordDeleteView(_ToTags, DeleteView):
    """Delete a word."""


class WordViewSet(ListViewSet):
    """The words that tags may be."""

    new_label, purpose, counted = purposes.WORD
    model = Word
    icon = "tag"
    add_view_class = WordAddView
    edit_view_class = WordEditView
    delete_view_class = WordDeleteView
    list_display = ["value", "tag", "meaning", "site"]
    ordering = ["site", "tag", "value"]
    form_fields = ["site", "tag", "value", "meaning"]


viewsets = (
    CampaignViewSet("zoco_campaigns", url_prefix="campaigns"),  # type: ignore[no-untyped-call]
    LinkViewSet("zoco_short_links", url_prefix="short-links"),  # type: ignore[no-untyped-call]
    WordViewSet("zoco_words", url_prefix="tag-words"),  # type: ignore[no-untyped-call]
)
