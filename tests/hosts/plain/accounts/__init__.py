"""Accounts of the host."""
