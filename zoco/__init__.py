"""Zoco: the whole loop of internet marketing on one ledger of facts."""
