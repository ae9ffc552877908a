"""Reports about links: the tags that visits bore, and the short links that were followed."""
