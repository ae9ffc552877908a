"""What falls later, while an incident is still open: told once more, with its own time."""
