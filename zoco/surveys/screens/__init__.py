"""The pages of surveys in the admin."""
