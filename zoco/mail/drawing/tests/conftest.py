"""Journeys that run, people to go on them, and a letter, as the tests of journeys have them."""

from zoco.mail.journeys.tests.conftest import _unheard, letter, made, people

__all__ = ["_unheard", "letter", "made", "people"]
