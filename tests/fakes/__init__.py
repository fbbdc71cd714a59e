"""Fake targets that misbehave, and small corpora to run them on."""
