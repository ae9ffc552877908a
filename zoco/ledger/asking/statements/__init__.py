"""Statements: a report as one text for an engine, written once with blanks and kept."""
