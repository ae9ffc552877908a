"""Reports that tests in regions stand on."""
