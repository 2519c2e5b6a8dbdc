"""Calendars: when the desk is open, version by version."""
