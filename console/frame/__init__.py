"""What every room of the console shares: who is signed in, pages, texts, files, live parts, the look."""
