"""Reports of research."""

from zoco.research.reports import rfm  # noqa: F401
