"""Who got a campaign's message, who did not and why; one person's answer with the gates in plain words."""
