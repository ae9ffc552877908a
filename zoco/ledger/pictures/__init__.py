"""How an answer looks: words and figures in the reader's language, and pictures made on the server.

`formats` writes numbers, money, dates and lengths; `labels` names values, `countries` countries;
`figures` writes what a report counted. `ticks` chooses round values for an axis, `bars`, `curves` and
`charts` draw SVG; `sheets` put a whole page on paper and into mail. Lengths are SVG attributes, never
style attributes, so that a strict content security policy lets them pass.
"""
