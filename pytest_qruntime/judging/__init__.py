"""What is judged when a test is over: whether the service kept its contracts, and whether anything was left open."""
