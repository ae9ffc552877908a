"""Old papers."""

from django.db import models


class Paper(models.Model):
    """A paper that nobody reads any more."""

    title = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.title
