"""An import of people, from its upload to the report of what was refused."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from zoco.sites.stepped import SteppedRun


class PeopleImport(SteppedRun):
    """One uploaded file of people.

    `columns` are its columns as they were read, `mapping` says what becomes of each, by key; `options` hold
    for all rows. `place` is where in the rows it goes on, `refused_bytes` how much of the report is sure.
    """

    refused_bytes = models.PositiveBigIntegerField(default=0)

    class Meta(SteppedRun.Meta):
        abstract = False
        verbose_name = _("import of people")
        verbose_name_plural = _("imports of people")

    @property
    def asked(self) -> dict[str, Any]:
        """What becomes of columns, and what holds for all rows."""
        return {"mapping": self.mapping, "options": self.options}
