"""The banner that asks for consent: its words, its script, and what a site says about it."""
