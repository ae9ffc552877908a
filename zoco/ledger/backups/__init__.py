"""Backups: one folder each, with a manifest; made while everything runs, restored while nothing does."""
