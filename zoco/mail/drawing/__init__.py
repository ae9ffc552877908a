"""The pages of journeys: the drawing and the same as a list, the form of each step, and what came of it."""
