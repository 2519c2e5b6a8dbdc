"""One script per figure in docs/performance.md: ./careloop bench lists them."""
