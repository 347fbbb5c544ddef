"""Start a training, and watch those that run."""
