"""Moving: a site begins anew, or goes to another installation with its facts and settings."""
