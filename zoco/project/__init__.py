"""The runnable project: settings, addresses, command line, supervisor.

`serving` is the web server behind uvicorn, `worker` what works in the background.
"""
