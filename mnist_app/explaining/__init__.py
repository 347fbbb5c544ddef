"""Why a model says what it says: each module takes a digit apart with the served model alone, no TensorFlow."""
