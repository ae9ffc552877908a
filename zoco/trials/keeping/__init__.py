"""Who was dealt by a bandit on which day, kept for as long as the trial: browsers and persons stay."""
