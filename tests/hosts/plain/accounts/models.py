"""Accounts, as a host has them that began with a model of its own."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Member(AbstractUser):
    """Somebody who may log in, known by a number of membership."""

    number = models.PositiveIntegerField(unique=True)
    REQUIRED_FIELDS = ["number"]
