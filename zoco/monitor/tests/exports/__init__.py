"""Exports of raw facts."""
