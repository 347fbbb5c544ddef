"""Read many files: what to read, in which process, and where the pictures go."""
