"""What a person adds to the source channels, why a visit is of its channel, and the history anew."""
