"""Processes: the supervisor, the nursery that forks, web processes, and how each ends when another does."""
