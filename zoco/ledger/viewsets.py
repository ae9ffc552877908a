"""What every app's lists and entries in the menus of Wagtail's admin share."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.models import CreateView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.views.heads import no_site

SEARCH_LONGEST = 1_000


class RightItem(MenuItem):
    """An entry for whoever has a permission, or several parted by spaces; `is_there`: its page is served."""

    def __init__(
        self, permission: str, *args: object, is_there: Callable[[], bool] = lambda: True, **more: object
    ) -> None:
        super().__init__(*args, **more)  # type: ignore[no-untyped-call]
        self.permission = permission
        self.is_there = is_there

    def is_shown(self, request: HttpRequest) -> bool:
        """Return whether this reader sees it."""
        return request.user.has_perms(self.permission.split()) and self.is_there()


class ListView(IndexView):
    """A list; an empty one says what it is for, with the button that makes the first."""

    results_template_name = "zoco/ledger/list_results.html"
    purpose: str | Promise = ""
    counted: Any = None
    way: tuple[str | Promise, str | Promise] | None = None  # the button of an empty list, and its address

    def get_base_queryset(self) -> Any:
        """Return the rows with what they refer to, so that no row asks for it again."""
        fields = self.model._meta.concrete_fields  # type: ignore[attr-defined]
        others = [field.name for field in fields if field.many_to_one]
        return super().get_base_queryset().select_related(*others)  # type: ignore[no-untyped-call]

    def get_paginator(self, *given: Any, **named: Any) -> Any:
        """Return pages that say how many there are in the form that the language has for so many."""
        made: Any = super().get_paginator(*given, **named)
        made.items_count_label = self.counted % {"number": made.count, "count": formats.count(made.count)}
        return made

    def search_queryset(self, queryset: Any) -> Any:
        """Return the rows that fit; none for what is longer than any text, which SQLite may refuse."""
        if len(self.search_query or "") > SEARCH_LONGEST:
            return queryset.none()
        return super().search_queryset(queryset)  # type: ignore[no-untyped-call]


class AddView(CreateView):
    """The page that makes one. Its title is what the button says that led here: "New campaign"."""

    new_label: str | Promise = ""

    def get_page_title(self) -> str:
        """Return the title."""
        return str(self.new_label)

    def get_page_subtitle(self) -> str:
        """Return nothing: the title says it all, in words that fit each other in every language."""
        return ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way here."""
        items: list[dict[str, Any]] = super().get_breadcrumbs_items()  # type: ignore[no-untyped-call]
        return [*items[:-1], {**items[-1], "label": str(self.new_label)}]


class ListViewSet(ModelViewSet):
    """List, make and change things of one kind.

    Wagtail has one form of a name, where many languages decline it after "Add" and after numbers."""

    index_view_class = ListView
    add_view_class = AddView
    copy_view_enabled = False
    menu_label: Any
    menu_order: Any
    new_label: str | Promise
    """What the button says that makes one, such as "New campaign"."""
    purpose: str | Promise
    """What such a thing is for, in a sentence or two."""
    counted: Any
    """How many there are: `ngettext_lazy("%(count)s goal", "%(count)s goals", "number")`."""
    own_form: type[Any] | None = None
    """The form where the fields of the model alone do not say it all."""

    @property
    def add_view(self) -> Callable[..., HttpResponseBase]:
        """Return the page that makes one; where there is no site yet, one that says so first."""
        view: Callable[..., HttpResponseBase] = super().add_view

        def shown(request: HttpRequest, *given: object, **named: object) -> HttpResponseBase:
            fields = {field.name for field in self.model._meta.concrete_fields}  # type: ignore[attr-defined]
            is_first = "site" in fields and not sitebook.sites() and request.method in ("GET", "HEAD")
            return no_site(request, str(self.new_label)) if is_first else view(request, *given, **named)

        return shown

    def get_form_class(self, for_update: bool = False) -> type[Any]:
        """Return the own form, or one of the fields."""
        made: type[Any] = self.own_form or super().get_form_class(for_update)  # type: ignore[no-untyped-call]
        return made

    def get_add_view_kwargs(self, **more: Any) -> dict[str, Any]:
        """Return what the page that makes one needs."""
        return {**super().get_add_view_kwargs(**more), "new_label": self.new_label}  # type: ignore[no-untyped-call]

    def get_index_view_kwargs(self, **more: Any) -> dict[str, Any]:
        """Return what the list needs."""
        own = {"add_item_label": self.new_label, "purpose": self.purpose, "counted": self.counted}
        return {**super().get_index_view_kwargs(**more), **own}  # type: ignore[no-untyped-call]
