"""The vector files, installed as package data."""
