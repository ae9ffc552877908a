"""Trials: which arm of an experiment somebody gets, who stays outside, and the fact that an arm was seen.

What follows from them is computed elsewhere, from the facts.
"""
