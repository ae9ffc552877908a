"""Declared bots and AI crawlers by name and kind: plain data with its sources. No Django."""
