"""Writing to the DuckDB file: segments loaded, sessions settled, facts changed."""
