"""What each member of staff is told: the bell in the bar, and the list behind it."""
