"""Makes the vector files with the standard library alone; see generate.py.

What ``signkit vectors generate`` makes for a user's own key is stated once, in ``conformance/edgecases``, for the wheel
has no generators. That folder needs nothing but the standard library and itself; it is taken in here by its path, as
``vectors.generators.edgecases``, so that no package of the project is imported.
"""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[2] / "conformance" / "edgecases"
_spec = spec_from_file_location(f"{__name__}.edgecases", _FOLDER / "__init__.py")
if _spec is None or _spec.loader is None:
    raise ImportError(f"{_FOLDER} is missing")
edgecases = sys.modules[_spec.name] = module_from_spec(_spec)
_spec.loader.exec_module(edgecases)
