"""Show what a run reads right and wrong; nothing here asks a model but for a single image."""
