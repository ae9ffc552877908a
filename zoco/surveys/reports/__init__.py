"""Reports on surveys: what was answered and by how many of those who saw it, and scores over time."""

from zoco.surveys.reports import answers, over_time

__all__ = ["answers", "over_time"]
