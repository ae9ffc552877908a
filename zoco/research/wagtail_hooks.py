"""What Wagtail's admin is told of research: its pages, in the menu of that name."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from zoco.ledger.viewsets import RightItem
from zoco.people.opening import sees_people
from zoco.research import screens
from zoco.research.affinity import screens as affinity
from zoco.research.contracts import screens as contracts
from zoco.research.opening import SEE
from zoco.research.personas import screens as personas
from zoco.research.scores import screens as scores
from zoco.research.valuing import screens as valuing


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def research_urls() -> list[URLPattern]:
    """Return the addresses."""
    return [
        path("research/scores/", scores.scores, name="zoco_scores"),
        path("research/value/", valuing.value, name="zoco_value"),
        path("research/personas/", personas.personas, name="zoco_personas"),
        path("research/affinity/", affinity.affinity, name="zoco_affinity"),
        path("research/contracts/", contracts.listing, name="zoco_contracts"),
        path("research/contracts/<int:pk>/", contracts.one, name="zoco_contract"),
        path("research/contracts/<int:pk>/run/", contracts.act, name="zoco_contract_act"),
        path("research/contracts/<int:pk>/delete/", contracts.delete, name="zoco_contract_delete"),
        path("research/studies/<int:pk>/", screens.act, name="zoco_study_act"),
    ]


def _entry(label: object, name: str, icon: str, order: int) -> None:
    item = RightItem(
        SEE, label, reverse_lazy(name), is_there=sees_people, name=name, icon_name=icon, order=order
    )
    hooks.register("register_research_menu_item", lambda: item)


_entry(_("Recency, frequency, money"), "zoco_scores", "group", 100)
_entry(_("Customer value"), "zoco_value", "group", 110)
_entry(_("Personas"), "zoco_personas", "group", 120)
_entry(_("Bought together"), "zoco_affinity", "group", 130)


@hooks.register("register_research_menu_item")  # type: ignore[untyped-decorator]
def contracts_menu() -> MenuItem:
    """Put contracts into the menu: they are of nobody known, so whoever sees the site may see them."""
    where = reverse_lazy("zoco_contracts")
    return RightItem(
        contracts.SEE, _("Contracts"), where, name="zoco_contracts", icon_name="group", order=115
    )


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def research_permissions() -> QuerySet[Permission]:
    """Let groups be given the permissions."""
    return Permission.objects.filter(content_type__app_label="zoco_research")
