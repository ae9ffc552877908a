"""Surveys: what people say when they are asked. Satisfaction, brands that come to mind, choices, own words.

`taking` asks people, by page, block and letter; `results` works out what they said; `screens` are the pages
of the admin.
"""
