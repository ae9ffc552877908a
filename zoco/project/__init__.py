"""The runnable project: settings, addresses, command line, supervisor, web server and worker."""
