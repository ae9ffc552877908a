"""The form that puts tags on an address."""

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zoco.campaigns.models import ADDRESS_LONGEST, SLUG, Campaign
from zoco.campaigns.tags import TAGS, tags_in


class TagForm(forms.Form):
    """An address and its tags; the campaign is one of the site's, or a code of its own."""

    target = forms.URLField(
        label=gettext_lazy("Page"),
        max_length=ADDRESS_LONGEST,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://shop.example/sale", "spellcheck": "false"}),
    )
    campaign = forms.CharField(label=gettext_lazy("Campaign"), max_length=100, required=False)
    source = forms.CharField(label=pgettext_lazy("tag", "Source"), max_length=100, required=False)
    medium = forms.CharField(label=gettext_lazy("Medium"), max_length=100, required=False)
    content = forms.CharField(label=gettext_lazy("Campaign content"), max_length=100, required=False)
    term = forms.CharField(label=gettext_lazy("Keyword"), max_length=100, required=False)

    HINTS = {"campaign": "spring-sale", "source": "facebook", "medium": "paid_social", "content": "video-a"}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label_suffix = ""
        for field in self.fields.values():
            field.widget.attrs["class"] = "z-in"
        for name in TAGS:
            hint = self.HINTS.get(name, "")
            shown = {"list": f"z-known-{name}", "autocomplete": "off", "spellcheck": "false"}
            self.fields[name].widget.attrs |= shown | {"placeholder": hint}

    def clean_target(self) -> str:
        """Return the address. Raises ValidationError for what no browser opens."""
        target: str = self.cleaned_data["target"]
        if not target.startswith(("http://", "https://")):
            raise forms.ValidationError(_("Write the whole address, such as https://shop.example/sale."))
        if any("\0" in value for value in tags_in(target).values()):
            raise forms.ValidationError(ProhibitNullCharactersValidator.message)
        return target

    def tags(self) -> dict[str, str]:
        """Return the tags; what is not given stays as the address has it."""
        there = tags_in(self.cleaned_data["target"])
        return {name: self.cleaned_data[name] or there.get(name, "") for name in TAGS}

    def campaign_of(self, site: int) -> Campaign | None:
        """Return the site's campaign of this code."""
        return Campaign.objects.filter(site=site, code__iexact=self.tags()["campaign"]).first()


class SlugForm(TagForm):
    """The same with a short name, to be kept as a short link."""

    slug = forms.RegexField(
        rf"^{SLUG.pattern}\Z",
        label=gettext_lazy("short name"),
        required=False,
        error_messages={"invalid": gettext_lazy("Write 2 to 60 letters, digits, - or _.")},
    )
