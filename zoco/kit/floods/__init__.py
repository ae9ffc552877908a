"""What holds when far too much is asked: who may go on, how long requests wait, how refusals are counted."""
