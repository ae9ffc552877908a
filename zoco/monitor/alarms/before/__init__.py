"""How often an alarm would have been raised in the weeks before, at each care."""
