"""One module a version, each with the revision before it."""
