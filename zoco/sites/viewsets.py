"""Sites in Wagtail's admin."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.apps import apps
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.models import DeleteView, EditView

from zoco.ledger.pictures.labels import value_meant
from zoco.ledger.viewsets import AddView, ListViewSet
from zoco.sites import purposes, reads, services
from zoco.sites.blocking.forms import ExclusionForm
from zoco.sites.forms import SiteForm, SureForm, local_today
from zoco.sites.models import Exclusion, Site, SourceNetwork, SourceRule
from zoco.sites.sourcing.models import PATTERNS
from zoco.sites.sourcing.services import network_named

if TYPE_CHECKING:
    _SourceForm = forms.ModelForm[SourceRule | SourceNetwork]
else:
    _SourceForm = forms.ModelForm


class SiteAddView(AddView):
    """Make a site; leads on to the line for its pages, if the tracker counts it."""

    def get_success_url(self) -> str:
        """Return the page with the line, of a site that counts a log the list."""
        site = cast("Site", self.object)
        if reads.counting_on(site, local_today(site)) != "tracker":
            return str(super().get_success_url())  # type: ignore[no-untyped-call]
        return reverse("zoco_site_check", args=[site.pk])


class SiteEditView(EditView):
    """Change a site; leads on to the check of its tracker, to its reset and its end."""

    @property
    def ways(self) -> list[dict[str, object]]:
        """Return what else can be done with the site, for buttons above its form."""
        site = cast("Site", self.object)
        ways: list[dict[str, object]] = [
            {"label": _("Check the installation"), "url": reverse("zoco_site_check", args=[site.pk])}
        ]
        if self.request.user.has_perm("zoco_sites.delete_site"):
            if apps.is_installed("zoco.moving"):
                where = reverse("zoco_site_reset", args=[site.slug])
                ways.append({"label": _("Reset…"), "url": where, "is_grave": True})
            ways.append(
                {"label": _("Delete…"), "url": reverse("zoco_sites:delete", args=[site.pk]), "is_grave": True}
            )
        return ways


class SiteDeleteView(DeleteView):
    """Delete a site with its keys, and publish the others; its name is typed."""

    form_class = SureForm
    template_name = "zoco/sites/site_delete.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form whose name it wants."""
        return {**super().get_form_kwargs(), "site": self.object}

    @property
    def confirmation_message(self) -> str:
        """Say what goes with it, and when."""
        return gettext(
            "Delete %(site)s? It is gone from all reports at once, with its imports, goals, alarms and "
            "everything else of it. Its facts and exported files are erased in the background, within "
            "minutes. This cannot be taken back; backups keep it until you delete them."
        ) % {"site": self.object}

    @transaction.atomic
    def delete_action(self) -> None:
        """Delete, write it to the log of changes, and destroy the keys."""
        gone = (self.object.pk, self.object.key_name, self.object.name)
        super().delete_action()  # type: ignore[no-untyped-call]
        site_id, key_name, name = gone
        services.site_deleted(site_id=site_id, key_name=key_name, name=name, at=timezone.now())


class SiteViewSet(ListViewSet):
    """List, make and change sites."""

    new_label, purpose, counted = purposes.SITE
    model = Site
    own_form = SiteForm
    icon = "site"
    menu_label = _("Counted sites")
    menu_order = 590
    add_to_settings_menu = True
    add_view_class = SiteAddView
    edit_view_class = SiteEditView
    edit_template_name = "zoco/sites/site_edit.html"
    delete_view_class = SiteDeleteView
    list_display = [
        "name",
        "slug",
        "zone",
        "currency",
        Column("is_demo", label=_("Demo data"), accessor=lambda site: _("yes") if site.is_demo else ""),
    ]
    search_fields = ["name", "slug"]
    ordering = ["id"]


class SourceForm(_SourceForm):
    """A rule or a network; a channel may be written as reports name it. Saving publishes."""

    def clean_channel(self) -> str:
        """Return the key of a channel for its name."""
        return value_meant("channel", "channel", " ".join(self.cleaned_data["channel"].split()))

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        """Save it."""
        saved = super().save(commit=commit)
        if isinstance(saved, SourceNetwork):
            network_named(network=saved)
        services.site_changed(site=saved.site)
        return saved


class _ToPage:
    """Leads back to the page about the site, whose name the view says."""

    leads_to = "zoco_sources"
    object: Any

    def get_success_url(self) -> str:
        return f"{reverse(self.leads_to)}?{urlencode({'site': self.object.site.slug})}"


class SourceAddView(_ToPage, AddView):
    """Add one, to the site that the page was about."""

    def get_initial(self) -> dict[str, Any]:
        """Return the site."""
        return {"site": self.request.GET.get("site"), "position": 1}


class SourceEditView(_ToPage, EditView):
    """Change one."""


class SourceDeleteView(_ToPage, DeleteView):
    """Delete one, and publish what is left."""

    @transaction.atomic
    def delete_action(self) -> None:
        """Delete."""
        super().delete_action()  # type: ignore[no-untyped-call]
        services.site_changed(site=self.object.site)


class SourceViewSet(ListViewSet):
    """What the page of source channels leads to."""

    icon = "link"
    add_view_class = SourceAddView
    edit_view_class = SourceEditView
    delete_view_class = SourceDeleteView


class SourceRuleViewSet(SourceViewSet):
    """A site's own rules."""

    new_label, purpose, counted = purposes.RULE
    model = SourceRule
    list_display = ["channel", "site", "position"]
    ordering = ["site", "position", "id"]

    def get_form_class(self, for_update: bool = False) -> type[_SourceForm]:
        """Return our own form."""
        fields = ("site", "position", "channel", *PATTERNS)
        return forms.modelform_factory(SourceRule, form=SourceForm, fields=fields)


class SourceNetworkViewSet(SourceViewSet):
    """A site's own networks."""

    new_label, purpose, counted = purposes.NETWORK
    model = SourceNetwork
    list_display = ["host", "name", "category", "site"]
    ordering = ["site", "host"]

    def get_form_class(self, for_update: bool = False) -> type[_SourceForm]:
        """Return our own form."""
        fields = ("site", "host", "name", "category")
        return forms.modelform_factory(SourceNetwork, form=SourceForm, fields=fields)


class ExclusionAddView(_ToPage, AddView):
    """Add a line, to the list that the page was about."""

    leads_to = "zoco_blocking"

    def get_initial(self) -> dict[str, Any]:
        """Return site and list."""
        return {"site": self.request.GET.get("site"), "kind": self.request.GET.get("kind")}


class ExclusionEditView(_ToPage, EditView):
    """Change one."""

    leads_to = "zoco_blocking"


class ExclusionDeleteView(SourceDeleteView):
    """Delete one, and publish what is left."""

    leads_to = "zoco_blocking"


class ExclusionViewSet(ListViewSet):
    """What the page of block lists leads to."""

    new_label, purpose, counted = purposes.EXCLUSION
    model = Exclusion
    own_form = ExclusionForm
    icon = "cross"
    add_view_class = ExclusionAddView
    edit_view_class = ExclusionEditView
    delete_view_class = ExclusionDeleteView
    list_display = ["value", "kind", "note", "site"]
    ordering = ["site", "kind", "value"]


exclusion_viewset = ExclusionViewSet("zoco_exclusions", url_prefix="exclusions")  # type: ignore[no-untyped-call]
source_viewsets = (
    SourceRuleViewSet("zoco_source_rules", url_prefix="source-rules"),  # type: ignore[no-untyped-call]
    SourceNetworkViewSet("zoco_source_networks", url_prefix="source-networks"),  # type: ignore[no-untyped-call]
)
site_viewset = SiteViewSet("zoco_sites", url_prefix="counted-sites")  # type: ignore[no-untyped-call]
