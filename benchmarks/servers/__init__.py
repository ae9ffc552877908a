"""Servers that the collector is measured against, and what is sent to all of them."""
