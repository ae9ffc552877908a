"""Reports on surveys: what was answered and by how many of those who saw it, options, scores over time."""

from zoco.surveys.reports import answers, options, over_time

__all__ = ["answers", "options", "over_time"]
