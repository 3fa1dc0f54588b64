"""What is built before it can run."""
