"""What will not survive other encoders, clients and verifiers, told before it is signed (P41 to P46).

``json``, ``url`` and ``key`` return findings, one for each rule that is broken; bad data raises nothing. Who diverges
was observed by running them; a library that is not named may diverge as well.
"""

from signing_core._lint_finding import Finding
from signing_core._lint_json import json
from signing_core._lint_key import key
from signing_core._lint_url import url

__all__ = ["Finding", "json", "key", "url"]
