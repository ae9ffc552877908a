"""Parts of editors: forms by which something with lines of its own is written."""
