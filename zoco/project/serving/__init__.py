"""Serving requests: bare ASGI paths, static files, Django behind a bridge with a bounded pool of threads."""
