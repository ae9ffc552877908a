"""Own fields of people in Wagtail's admin."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.models import DeleteView
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from zoco.ledger.pictures import formats
from zoco.ledger.viewsets import ListViewSet
from zoco.people.attributes import folded
from zoco.people.defining import attribute_remove, bearing
from zoco.people.models import Attribute, AttributeValue
from zoco.people.opening import sees_people
from zoco.people.screens.forms import ChoicesField

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Attribute]
else:
    _ModelForm = forms.ModelForm

LISTED = ("choice", "choices")


class AttributeForm(_ModelForm):
    """An own field. Once there are values, what they mean stays: key and kind are not changed any more."""

    choices = ChoicesField(
        label=gettext_lazy("List"),
        required=False,
        help_text=gettext_lazy("One a line; only for one or some of a list."),
    )

    class Meta:
        model = Attribute
        fields = ("label", "key", "kind", "choices", "note")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["key"].help_text = _("As letters, imports and programs call it, such as shoe_size.")
        if self.instance.pk:
            for name in ("key", "kind"):
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        """Hold a list to the kinds that have one, and to what people have of it."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        listed = given.get("choices") or []
        if given.get("kind") in LISTED and not listed and "choices" not in self.errors:
            self.add_error("choices", _("Write what may be chosen, one a line."))
        if given.get("kind") not in LISTED:
            given["choices"] = []
        elif self.instance.pk:
            self._hold(listed)
        return given

    def _hold(self, listed: list[str]) -> None:
        kept = {folded(each) for each in listed}
        for each in self.instance.choices:
            if folded(each) not in kept:
                rows = AttributeValue.objects.filter(attribute=self.instance, text=folded(each))
                if count := rows.values("person").distinct().count():
                    words = ngettext(
                        "%(number)s person has %(value)s; it cannot be left out.",
                        "%(number)s people have %(value)s; it cannot be left out.",
                        count,
                    )
                    self.add_error("choices", words % {"number": formats.count(count), "value": each})


class AttributeDeleteView(DeleteView):
    """Delete an own field with the values that people have of it."""

    @property
    def confirmation_message(self) -> str:
        """Say how many lose a value."""
        count = bearing(self.object)
        words = ngettext(
            "%(number)s person has a value of %(label)s. It goes for good.",
            "%(number)s people have a value of %(label)s. All of them go for good.",
            count,
        )
        return words % {"number": formats.count(count), "label": self.object.label}

    def delete_action(self) -> None:
        """Delete the values, then the field."""
        attribute_remove(attribute=self.object)


class OfAllSites(ModelPermissionPolicy):
    """Own fields are of all people: who sees some sites only sees and changes none."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Return whether somebody may do this."""
        return sees_people() and bool(super().user_has_permission(user, action))  # type: ignore[no-untyped-call]

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        """Return whether somebody may do one of these."""
        return sees_people() and bool(super().user_has_any_permission(user, actions))  # type: ignore[no-untyped-call]


register_permission_policy(Attribute, OfAllSites(Attribute), exact_class=True)  # type: ignore[no-untyped-call]


class AttributeViewSet(ListViewSet):
    """The fields that people have beyond those that all have."""

    new_label = gettext_lazy("New field")
    purpose = gettext_lazy(
        "Own fields hold what you know of people beyond name and address: a birthday, a size, an interest. "
        "Each has a kind, so that it can be searched and counted."
    )
    counted = ngettext_lazy("%(count)s own field", "%(count)s own fields", "number")
    model = Attribute
    own_form = AttributeForm
    icon = "list-ul"
    menu_label = gettext_lazy("Own fields")
    list_display = [
        "label",
        "key",
        Column("kind", label=gettext_lazy("Kind"), accessor=lambda each: each.get_kind_display()),
        "note",
    ]
    search_fields = ["label", "key"]
    ordering = ["label", "id"]
    delete_view_class = AttributeDeleteView


viewsets = (AttributeViewSet("zoco_people_attributes", url_prefix="people-fields"),)  # type: ignore[no-untyped-call]
