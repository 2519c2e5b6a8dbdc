"""One field that finds cases, shoppers and messages."""
