"""The form of a site: its host names and what counts are saved with it, and published."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zoco.kit.hosts import host_named
from zoco.kit.slugs import slug_of
from zoco.ledger import sitebook
from zoco.sites import reads, services
from zoco.sites.models import CountingOrigin, Hostname, Site

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Site]
else:
    _ModelForm = forms.ModelForm


class OfSite:
    """What a form makes is of a site and has a key, and keeps both; the first site is offered."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        form: Any = self
        if form.instance.pk:
            form.fields["site"].disabled = form.fields["key"].disabled = True
        elif "site" not in form.initial:
            form.initial["site"] = next((site.id for site in sitebook.sites()), None)


class SiteForm(_ModelForm):
    """A site with its host names, one a line, and the origin that counts from today on."""

    host_names = forms.CharField(
        label=_("Host names"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One a line, such as www.shop.example."),
    )
    counting = forms.ChoiceField(
        label=_("Count page views from"),
        choices=CountingOrigin.Origin.choices,
        help_text=_("A change counts from today on; earlier days stay as they are."),
    )

    class Meta:
        model = Site
        fields = (
            "name", "slug", "zone", "currency", "week_start", "search_parameters", "retention_days",
            "privacy_signals", "has_banner", "banner_text", "banner_link",
        )  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["privacy_signals"].required = False  # left out, it stays as it is
        if not self.instance.pk:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _(
                "Used in addresses and commands. Left empty, it is made of the name."
            )
        else:
            names = self.instance.hostnames.values_list("name", flat=True)
            self.initial["host_names"] = "\n".join(names)
            self.initial["counting"] = self._counting_now()

    def _counting_now(self) -> str:
        return reads.counting_on(self.instance, local_today(self.instance))

    def clean_slug(self) -> str:
        """Make a short name of the name where none is written."""
        return self.cleaned_data["slug"] or slug_of(self.cleaned_data.get("name", ""))

    def clean_host_names(self) -> list[str]:
        """Return the names. Raises ValidationError for what is none, and when another site has one."""
        written = self.cleaned_data["host_names"].split()
        names = [host_named(text) for text in written]
        if "" in names:
            raise ValidationError(
                _("%(host)s is no host name. Write it as www.shop.example."),
                params={"host": written[names.index("")]},
            )
        taken = Hostname.objects.filter(name__in=names).exclude(site=self.instance.pk).first()
        if taken is not None:
            if not Site.objects.filter(pk=taken.site_id).exists():  # its name is nothing for whoever asks
                raise ValidationError(_("%(host)s belongs to another site."), params={"host": taken.name})
            raise ValidationError(
                _("%(host)s belongs to the site %(site)s."), params={"host": taken.name, "site": taken.site}
            )
        return names

    @transaction.atomic
    def save(self, commit: bool = True) -> Site:
        """Save the site and its parts, and publish it."""
        is_new = self.instance.pk is None
        site: Site = super().save(commit=commit)
        services.site_hostnames_set(site=site, hostnames=self.cleaned_data["host_names"])
        if is_new or self._counting_now() != self.cleaned_data["counting"]:
            since = date(1970, 1, 1) if is_new else local_today(site)
            services.site_counting_set(site=site, origin=self.cleaned_data["counting"], since=since)
        services.site_changed(site=site)
        return site


def local_today(site: Site) -> date:
    """Return the day that it is at a site."""
    return reads.local_day(site, timezone.now())


class SureForm(forms.Form):
    """The name of the site, typed: nobody resets or deletes the wrong one by a slip."""

    name = forms.CharField(
        label=_("Name of the site"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, site: Site, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.site = site

    def clean_name(self) -> str:
        """Refuse another name."""
        name: str = self.cleaned_data["name"]
        if name.strip() != self.site.name:
            raise forms.ValidationError(
                _("This is not the name of the site: %(name)s"), params={"name": self.site}
            )
        return name
