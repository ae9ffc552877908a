"""The store on ClickHouse: one server or a cluster, and the same engine in process for tests."""
