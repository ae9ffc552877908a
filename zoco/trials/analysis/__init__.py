"""Figures of trials: units and what they did, estimates, guards, a verdict; runs that keep them.

Here beside the models and not in monitor: see docs/decisions/0189.
"""
