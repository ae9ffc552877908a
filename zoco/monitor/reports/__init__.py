"""Reports about traffic, one file each. `words` holds the measures and dimensions that several share."""
