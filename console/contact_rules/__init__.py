"""The shop's rules for writing to people: at which hours, how often, how far apart; versioned and written down."""
