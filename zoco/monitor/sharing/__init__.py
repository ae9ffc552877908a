"""Shared links: a dashboard to look at without an account, by an address that its maker gives away.

`models` and `services` make, find and revoke links, `fixed` says what they filter by; `address`, `views` and
`urls` are what strangers see: the ledger's own pages in a frame of their own, under a guard
(zoco.ledger.asking.guard); `public` shows a link to everybody at the site's short name; `forms` and
`screens` are the pages of those who share.
"""
