"""Conversions: what they are, what they brought, and the touches that led to them."""
