"""The inbox: what waits for somebody, most urgent first, and what is done to several lines at once."""
