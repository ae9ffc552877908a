"""Affinity: which products are bought together, and which one after another."""
