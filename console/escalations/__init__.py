"""Steps of escalation: for each cause who is told, and who next."""
