"""Customer value: fitted in the background, shown with its holdout, asked by rules and a person's page."""
