"""Train, calibrate, score and export models: the only folder that imports keras and tensorflow."""
