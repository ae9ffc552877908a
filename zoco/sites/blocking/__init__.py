"""Whom a site leaves out: block lists, its own staff, and the link by which colleagues are left out."""
