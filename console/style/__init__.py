"""The look of the console on one page: every component once. In the demo only."""
