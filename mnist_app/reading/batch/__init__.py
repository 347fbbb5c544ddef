"""Many files: their names, worker processes, and annotated pictures."""
