"""Campaigns: the list, one campaign from draft to done, how far it has come."""
