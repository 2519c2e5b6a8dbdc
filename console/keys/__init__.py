"""Keys of the API: made, seen once, revoked."""
