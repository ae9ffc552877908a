"""Contracts: how many customers stay, from a table that somebody types or uploads, without facts."""
