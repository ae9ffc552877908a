"""Verdicts by what visits did, worked out after the fact over the store: signs, evidence, passes."""
