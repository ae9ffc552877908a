"""Journeys of a reader through a running Zoco, in Chromium."""
