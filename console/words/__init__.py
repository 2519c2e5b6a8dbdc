"""The words of the domain, the same in every room: `texts.yml` only."""
