"""Stores of facts: DuckDB in a file, ClickHouse in a cluster. The only place with SQL. No Django."""
