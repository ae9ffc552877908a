"""The form for a line of a block list."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db import transaction

from zoco.sites import services
from zoco.sites.models import Exclusion

if TYPE_CHECKING:
    _Form = forms.ModelForm[Exclusion]
else:
    _Form = forms.ModelForm


class ExclusionForm(_Form):
    """A line of a block list. Saving publishes."""

    class Meta:
        model = Exclusion
        fields = ("site", "kind", "value", "note")

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        """Save it."""
        saved = super().save(commit=commit)
        services.site_changed(site=saved.site)
        return saved
