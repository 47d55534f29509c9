"""What the end-to-end tests are made of: a hub to start and kill, real clients to drive, bytes to send."""
