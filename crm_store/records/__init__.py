"""Pages of what we know, for whoever reads much of it: the read API and lists for staff. Reads only, set-based."""
