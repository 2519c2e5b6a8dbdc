"""What `./careloop` starts and stops around the app. Plain synchronous code: it starts processes and waits."""
