"""Pictures made on the server as SVG: bars in rows, curves and sparklines; they work in mail and print.

`ticks` chooses round values for an axis, `bars` and `curves` draw. Lengths are SVG attributes, never
style attributes, so that a strict content security policy lets them pass.
"""
