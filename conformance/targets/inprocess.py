"""A Python object asked directly, with no process, thread or deadline between: fast, and without isolation.

For the adequacy run and the pytest plugin, which ask objects they trust. Answers are the same as over the lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.model import Verdict
from conformance.targets.adapter import Adapter
from conformance.targets.answers import complaint
from conformance.targets.base import Fault


class InProcess:
    """``InProcess(obj).ask(command)``; the object is one that a ``python:`` target would be."""

    def __init__(self, target: Any) -> None:
        self._adapter = Adapter(target)

    def ask(self, command: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to ``hello``, ``key`` or ``op``, checked against the schema.

        Raises Fault: CRASH where the object wants to end the process, PROTOCOL_ERROR for an answer of the wrong shape.
        """
        try:
            answer = self._adapter.answer(command)
        except SystemExit as error:
            raise Fault(Verdict.CRASH, f"the target called sys.exit({error.code!r})") from None
        wrong = complaint(command["op"] if command["cmd"] == "op" else command["cmd"], answer)
        if wrong is not None:
            raise Fault(Verdict.PROTOCOL_ERROR, wrong)
        return answer
