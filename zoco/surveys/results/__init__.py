"""What came of a survey: figures with their intervals, words by topic, lift by arm of a trial."""
