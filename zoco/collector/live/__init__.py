"""Facts as they happen: from a request to `/e` to a line in the spool.

wire (what a request may hold) · page (which page, what kind of fact) · pieces (what the steps say, as parts
of a line) · reader (request → lines) · here (sites and proxies as published) · taking (what every server
does) · answers · tallies (what was taken and refused) · loads (what a server gave) · tracker (z.js) with
shortening. servers: endpoint (ASGI) with gathering (many requests, one fdatasync) and protocol (the short
way through uvicorn) · waiting (WSGI) · pixel (e.gif).
"""
