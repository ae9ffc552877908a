"""Getting in: first passwords, the brake on guessing, and the second step of a log-in."""
