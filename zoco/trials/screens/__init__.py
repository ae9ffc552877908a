"""Pages of trials: all of a site, one with its figures, the editor, the planner, and what is downloaded."""
