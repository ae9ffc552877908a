"""The ledger in one DuckDB file: opened by one process, asked by the others through a socket."""
