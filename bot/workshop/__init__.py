"""What `./careloop` does for those who work on CareLoop: checks, tests, benchmarks."""
