"""Doubles: people who are likely one, found by what they share and proposed; nobody is merged by itself."""
