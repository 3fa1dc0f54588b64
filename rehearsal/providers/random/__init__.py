"""pulumi-random for rehearsals: the values are made here, with the operating system's randomness."""
