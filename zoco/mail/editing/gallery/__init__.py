"""Letters that are written already, in the languages of the program, for others to begin with."""
