"""Feature flags without a trial: on, off or one of several variants, by rules; changes are kept."""
