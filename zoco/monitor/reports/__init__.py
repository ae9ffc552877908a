"""Reports about traffic, one file each.

`words` holds the measures and dimensions that several share; `visitors` are the reports about place and
device, which are alike.
"""
