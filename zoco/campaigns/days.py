"""Which days may be written down: a slip of the pen in a year is told before anything reckons with it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

OLDEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


def days_check(**days: date | None) -> None:
    """Hold days to what is likely, each called by its field. Raises ValidationError."""
    for field, day in days.items():
        if day and day < OLDEST:
            raise ValidationError({field: _("The day lies before 2000.")})
        if day and day > LATEST:
            raise ValidationError({field: _("The day lies after 2099.")})
