"""Sites: hostnames, zone, currency, week start, retention, salts, trusted proxies, source channels.

commands: `zoco site` and what else the command line knows. crawlers: declared bots by name and kind,
without Django. sources: the rules and lists of source channels, without Django. sourcing: what a
person adds to them, and the screens for that. consenting: the banner that asks for consent, and what
there is of whoever gave it. access: who sees which sites, and invitations. installing: whether the
tracker is in the pages. blocking: whom a site leaves out, and its own staff. `runs` is how work in
the background is begun, stopped and gone on with, `stepped` are files that are uploaded and worked on step by
step, `wording` keeps what went wrong for readers of any language, all three for apps above.
"""
