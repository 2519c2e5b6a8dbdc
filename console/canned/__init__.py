"""Canned replies: what handlers write again and again, kept in both languages."""
