"""Promise policies: how soon whom is answered, version by version."""
