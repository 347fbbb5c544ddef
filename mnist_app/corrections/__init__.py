"""Keep what people say that digits are, in a database. Imports nothing but domain and errors."""
