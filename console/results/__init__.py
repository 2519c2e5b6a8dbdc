"""Results of campaigns: what was sent, what came of it, who was reached too often, and the proof that wishes hold."""
