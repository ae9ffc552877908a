"""Switching a channel off and on in time: a plan from the site's own past, its calendar, and the result."""
