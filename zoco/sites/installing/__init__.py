"""Is the tracker in the pages? A page is fetched as a browser would, and what is wrong is named.

page: the tags of a page · policy: what its Content-Security-Policy allows · checking: the check itself ·
said: what is found, in words · pace: how often · screens: the page in the admin.
"""
