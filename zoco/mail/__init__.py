"""Mail: letters to people and what comes back.

`answers` reads what comes back: bounces, complaints, automatic answers, replies.
"""
