"""The API of people: so far, audiences."""

from zoco.people.gathering.api import router

__all__ = ["router"]
