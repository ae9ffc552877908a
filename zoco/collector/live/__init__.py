"""Facts as they happen: from a request to `/e` to a line in the spool.

wire (what a request may hold) · page (the first step of a live fact) · reader (request → facts) · here
(sites and proxies as published) · taking (what every server does) · answers · tallies (what was taken and
refused) · endpoint (ASGI) with gathering (many requests, one fdatasync) · waiting (WSGI) · tracker (z.js).
"""
