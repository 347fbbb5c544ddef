"""Show the images that are learned from and scored on."""
