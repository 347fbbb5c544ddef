"""Show the views of the Training page: runs, evaluation, training and data."""
