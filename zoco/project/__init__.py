"""The runnable project: settings, addresses, command line, supervisor.

`serving` is the web server behind uvicorn, `worker` what works in the background, `health` what tells how
all of it is, `entry` passwords and second steps, `keys` those of the API, `changes` the log of who
did what.
"""
