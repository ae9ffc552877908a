"""Formats where Zoco differs from Django: English is British."""
