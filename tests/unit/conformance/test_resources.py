"""The shipped files are found."""

from __future__ import annotations

import json

from conformance.resources import bench_root, vectors_root


def test_the_schemas_are_there() -> None:
    for name in ("protocol.schema.json", "vector.schema.json"):
        schema = json.loads((vectors_root() / "schema" / name).read_text("utf-8"))
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_suite_of_benchmarks_is_there() -> None:
    assert [file.name for file in bench_root().iterdir() if file.name.startswith("bench_")]
