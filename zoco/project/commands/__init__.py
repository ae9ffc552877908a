"""Commands of the project: up and check."""
