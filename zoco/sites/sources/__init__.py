"""Where visits come from: lists of networks, the order of source channels, what a site adds. No Django."""
