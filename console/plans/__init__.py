"""The editor of a campaign's plan: whom, when, on which channels, in which words; previews and tests of it."""
