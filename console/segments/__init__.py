"""The room of segments: questions about customers, built in a form or written as text, counted while one works."""
