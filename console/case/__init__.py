"""One complaint: what happened, what was promised, what is done about it, and everything that can be done to it."""
