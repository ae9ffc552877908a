"""Facts as they happen: from a request to `/e` to a line in the spool.

wire (what a request may hold) · page (the steps of a live fact) · reader (request → facts) · here
(sites and proxies as published) · gathering (many requests, one fdatasync) · endpoint (ASGI).
"""
