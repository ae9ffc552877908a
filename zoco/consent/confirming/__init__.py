"""Double opt-in: a letter whose link is confirmed by one POST; looking at it changes nothing."""
