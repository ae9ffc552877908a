"""What is asked in the background and takes longer than a page may: plans of trials, figures of a holdout."""
