"""One conversation: what was said, who has it, what is known of the person, and what to answer."""
