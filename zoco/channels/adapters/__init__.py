"""Adapters, one file each; each registers itself. `zoco.testing.channels` has one for tests."""
