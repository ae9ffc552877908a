"""Fields of forms in which several rows are chosen."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model

if TYPE_CHECKING:
    _Field = forms.ModelMultipleChoiceField[Model]
else:
    _Field = forms.ModelMultipleChoiceField


class Several(_Field):
    """Chosen rows; a number that no database can hold is refused as any other that is none of them."""

    def _check_values(self, value: Any) -> Any:
        try:
            return super()._check_values(value)  # type: ignore[misc]
        except OverflowError as error:
            wrong = ", ".join(str(each) for each in value if len(str(each)) > 18)
            raise ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": wrong[:100]}
            ) from error
