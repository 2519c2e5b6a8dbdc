"""The calendar of what goes out: firings of campaigns, festivals, what went out and how many."""
