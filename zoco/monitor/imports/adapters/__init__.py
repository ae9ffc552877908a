"""Importers, one file a program; `visits` is what event-level exports share."""
