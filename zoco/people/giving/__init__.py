"""Giving out what is held: `sheets` are files of many people, `person` is all that is held of one."""
