"""Servers in front of `/e` and its image: ASGI, the short way through uvicorn, WSGI."""
