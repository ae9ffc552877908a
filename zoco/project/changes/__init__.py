"""The log of changes: who did what, when, from where, and what it was before."""
