"""One module a suite; each has a function ``suite()`` that returns its cases in order."""
