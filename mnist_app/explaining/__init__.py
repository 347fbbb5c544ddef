"""Why a model says what it says: the served model takes a digit apart, without TensorFlow."""
