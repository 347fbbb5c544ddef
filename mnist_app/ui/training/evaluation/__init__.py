"""Show what a run predicts on a test set, down to the single image."""
