"""What the bot answers from, in both languages."""
