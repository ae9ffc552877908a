"""Zoco as its users run it: real processes, real signals."""
