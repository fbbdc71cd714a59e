"""Makes the vector files with the standard library alone; see generate.py."""
