"""The console's routes as the app has them, and a shop with one of everything to walk through them."""
