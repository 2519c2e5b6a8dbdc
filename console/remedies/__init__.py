"""Remedies: what waits for a second pair of eyes, what was granted, and up to what each role grants alone."""
