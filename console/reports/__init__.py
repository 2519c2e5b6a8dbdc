"""The reports: what was promised and kept, how it went, and the cases behind each figure."""
