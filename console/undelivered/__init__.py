"""Messages that did not arrive, each with an owner."""
