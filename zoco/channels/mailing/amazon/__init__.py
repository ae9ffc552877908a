"""Amazon SES by its API: requests that are signed, a line that sends, and notices by Amazon SNS."""
