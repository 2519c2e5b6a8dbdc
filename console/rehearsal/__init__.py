"""What would happen at some time: a campaign rehearsed for everybody, in pictures and plain words."""
