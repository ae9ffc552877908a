"""What DNS and mail servers say of a sending domain, one check a file, each with the record to set."""
