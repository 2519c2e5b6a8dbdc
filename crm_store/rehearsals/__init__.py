"""Rehearsals of care messages: what they find, and where it is kept for a while."""
