"""Segments: filters of a site under a name, offered in the controls of every report and overview."""
