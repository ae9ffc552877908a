"""Asking: the form as HTML, its public pages, links of letters, and what becomes of each answer."""
