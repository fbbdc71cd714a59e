"""The suite of ``signkit bench``: pytest-benchmark modules ``bench_*.py``, installed as ``conformance._bench``."""
