"""What a rule is, what it sees, and what comes of running it. Knows nothing of Pulumi's SDK."""
