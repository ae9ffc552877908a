"""Campaigns: what for, how much, how long; the tags of their links, and links that count who follows.

`tags` puts tags on an address and says what is wrong with them. `costs` are what was spent against budget,
from which files that is known, and what came of it.
"""
