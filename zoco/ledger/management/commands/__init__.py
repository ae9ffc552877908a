"""Django's management commands: only `zoco`."""
