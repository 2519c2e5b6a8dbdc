"""Sending: the lanes everything leaves by, what waits, what went wrong, and whether this house may send at all."""
