"""Incidents: one cause behind several complaints, and one word to everybody concerned."""
