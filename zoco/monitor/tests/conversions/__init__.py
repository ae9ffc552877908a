"""Conversions, paths and attribution."""
