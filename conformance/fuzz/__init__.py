"""Differential fuzzing: inputs that nobody wrote down, put to every target and to the reference.

``strategies`` make inputs, ``oracle`` says independently of signing_core what must come out, ``panel`` keeps the
targets running, ``differential`` hunts and shrinks, ``store`` remembers, ``promote`` makes vectors of what was found.
"""
