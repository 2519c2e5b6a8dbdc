"""What has to hold, and which tests show it: the checks of customer care, and what care messages must never do."""
