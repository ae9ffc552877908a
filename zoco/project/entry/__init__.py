"""Getting in: first passwords, the brake on guessing, the second step of a log-in; `keys` of the API."""
