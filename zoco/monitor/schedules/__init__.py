"""Scheduled reports: a report or overview, again and again, by mail to accounts and by web hook.

`slots` says when, and of which days; `asked` makes the question; `letters` writes the mail, `services` keep
schedules and reserve sendings, `sending` sends what is due; `forms` and `screens` are for people.
"""
