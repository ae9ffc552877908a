"""Who sees which sites, and invitations of people who have no account yet.

`models` keep it, `reads` tell what somebody sees, `within` holds each request to that; `services` invite, let
in and limit; `forms` and `screens` are the pages of owners, `views` the page of whoever was invited.
"""
