"""Logs whose lines are explained by a head above them: W3C extended and what follows it."""
