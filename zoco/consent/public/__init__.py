"""What letters link to: leaving a topic without logging in."""
