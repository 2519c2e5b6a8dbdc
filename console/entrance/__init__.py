"""Coming in and going out: signing in, the first password, the first page."""
