"""Cohorts: who did something for the first time in a step of time, and came back in later ones."""
