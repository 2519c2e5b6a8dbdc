"""One's own room: how the console looks and speaks to me, where I am told of things, my password, here or away."""
