"""``openssl speed`` as a measure: operations a second with 2048 bits, one after the other."""

from __future__ import annotations

import re
import shutil
import subprocess

__all__ = ["ABSENT", "OPENSSL", "rates"]

OPENSSL = shutil.which("openssl")
ABSENT = "no openssl command: apt-get install openssl"


def rates(processes: int, seconds: int) -> dict[str, float]:
    """What ``processes`` processes sign and verify a second, measured for ``seconds`` seconds each.

    Raises RuntimeError where the command is not here or its output has another form.
    """
    if OPENSSL is None:
        raise RuntimeError(ABSENT)
    command = [OPENSSL, "speed", "-elapsed", "-seconds", str(seconds)]
    if processes > 1:
        command += ["-multi", str(processes)]
    answer = subprocess.run([*command, "rsa2048"], capture_output=True, text=True, check=True)
    rate = re.search(r"^rsa 2048 bits\s+\S+s\s+\S+s\s+([\d.]+)\s+([\d.]+)", answer.stdout, re.MULTILINE)
    if rate is None:
        raise RuntimeError("the output of openssl speed has another form than that of OpenSSL 3")
    return {"sign": float(rate[1]), "verify": float(rate[2])}
