"""Live updates: one socket a page, parts rendered once and handed to everybody with the same rights."""
