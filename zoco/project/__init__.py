"""The runnable project: settings, addresses, command line.

`processes` are the supervisor and what it keeps running, `serving` is the web server behind uvicorn,
`worker` what works in the background, `health` what tells how all of it is, `entry` passwords, second
steps and keys of the API, `changes` the log of who did what.
"""
