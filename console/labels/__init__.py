"""The shop's own words for states, and its tags."""
