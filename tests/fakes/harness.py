"""A harness that misbehaves as it is told: ``python harness.py BEHAVIOUR [WINDOW] [anything, to be found by]``.

It minifies and it knows no cryptography. What goes wrong goes wrong at the text ``{"n": 7}``, unless the behaviour is
about the start, a key, the end, or every answer. Standard library only, so that it starts fast (python -S -E).
"""

import base64
import json
import os
import signal
import sys
import time

BEHAVIOUR = sys.argv[1]
WINDOW = int(sys.argv[2]) if len(sys.argv) > 2 else 1
FORMS = ["request", "card_details", "payout_card_details", "payout_lookup", "response", "webhook"]
HELLO = {
    "protocol": 1,
    "implementation": {
        "name": "fake",
        "version": "1",
        "language": "Python",
        "runtime": "3",
        "url": "https://f.example",
    },
    "supports": {"message": FORMS, "sign": FORMS, "verify": FORMS, "build": FORMS, "minify": True},
    "max_inflight": WINDOW,
}
CULPRIT = b'{"n": 7}'


def write(line):
    sys.stdout.write(line)
    sys.stdout.flush()


def say(answer):
    write(json.dumps(answer) + ("\r\n" if BEHAVIOUR == "crlf" else "\n"))


def sleep():
    while True:
        time.sleep(60)


def right(command):
    name = {"id": command["id"]}
    if command["op"] == "noop":
        return name
    if command["op"] == "verify":
        return {**name, "valid": BEHAVIOUR == "always-true"}
    if command["op"] == "minify":
        text = base64.b64decode(command["text"])
        if b"NaN" in text:
            return {**name, "refused": "NaN is not JSON"}
        value = json.dumps(json.loads(text), separators=(",", ":")).encode()
        return {**name, "value": base64.b64encode(value).decode()}
    return {**name, "error": {"kind": "fake", "message": "this fake only minifies"}}


def leave_child(*, own_session):
    """A grandchild that holds all our streams open."""
    if os.fork() == 0:
        if own_session:
            os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        sleep()


def once(marker):
    """True the first time that any process asks."""
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def hello():
    if BEHAVIOUR == "dies-at-start":
        sys.stderr.write("no licence file\n")
        sys.exit(3)
    if BEHAVIOUR == "killed-at-start":
        os.kill(os.getpid(), signal.SIGKILL)
    if BEHAVIOUR == "hangs-at-start":
        sleep()
    if BEHAVIOUR == "cannot":
        return say({"error": {"kind": "missing", "message": "the curl extension is not there"}})
    if BEHAVIOUR == "banner":
        write("Welcome to \x1b[1mFakeSign\x1b[0m " + "x" * 200 + "\n")
    if BEHAVIOUR == "other-protocol":
        return say({**HELLO, "protocol": 2})
    if BEHAVIOUR == "leaves-child":
        leave_child(own_session=False)
    if BEHAVIOUR == "leaves-daemon":
        leave_child(own_session=True)
    if BEHAVIOUR == "ignores-term":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    return say(HELLO)


def key():
    if BEHAVIOUR == "refuses-key":
        return say({"refused": "only keys of 4096 bits"})
    if BEHAVIOUR == "breaks-on-key":
        return say({"error": {"kind": "KeyError", "message": "boom"}})
    if BEHAVIOUR == "hangs-at-key":
        sleep()
    if BEHAVIOUR == "dies-at-key":
        sys.exit(1)
    if BEHAVIOUR == "forgets-key" and not once(sys.argv[3]):
        return say({"refused": "not again"})
    return say({"ok": True})


def misbehave(command):
    """The answer to the culprit, or whatever takes its place."""
    name = {"id": command["id"]}
    good = right(command)
    if BEHAVIOUR in ("hangs", "ignores-term"):
        sleep()
    elif BEHAVIOUR in ("dies", "forgets-key"):
        sys.exit(5)
    elif BEHAVIOUR == "dies-once":
        if once(sys.argv[3]):
            sys.exit(5)
        say(good)
    elif BEHAVIOUR == "dies-in-line":
        write(json.dumps(good)[:-3])
        sys.exit(0)
    elif BEHAVIOUR == "garbage":
        write("Warning: undefined index in line 3\n")
        say(good)
    elif BEHAVIOUR == "long-line":
        write('{"id":"')
        for _ in range(100):
            write("x" * 1_000_000)
        write('"}\n')
    elif BEHAVIOUR == "twice":
        say(good)
        say(good)
    elif BEHAVIOUR == "unknown-id":
        say({**good, "id": "no-such"})
    elif BEHAVIOUR == "number-id":
        say({**good, "id": int(command["id"])})
    elif BEHAVIOUR == "no-id":
        say({"value": good["value"]})
    elif BEHAVIOUR == "extra":
        say(good)
        say({"id": "no-such", "value": ""})
    elif BEHAVIOUR == "closes-output":
        os.close(1)
        sleep()
    elif BEHAVIOUR == "wrong-shape":
        say({**name, "value": True})
    elif BEHAVIOUR == "not-ascii":
        write(json.dumps({**name, "refused": "caf\u00e9"}, ensure_ascii=False) + "\n")
    elif BEHAVIOUR == "surrogate":
        say({**name, "refused": "\ud800"})
    elif BEHAVIOUR == "skips":
        say({**name, "skip": "no time"})
    elif BEHAVIOUR == "babbles":
        for number in range(100_000):
            say({"id": f"x{number}"})
    else:
        say(good)


def one_by_one():
    """The lines of standard input; death where two come together."""
    while data := os.read(0, 65536):
        if data.count(b"\n") > 1:
            sys.exit(6)
        yield data


def main():
    if sys.stdout.encoding.lower() != "utf-8":
        sys.stdout.reconfigure(encoding="utf-8")
    held = []
    for line in one_by_one() if BEHAVIOUR == "dies-crowded" else sys.stdin:
        command = json.loads(line)
        if command["cmd"] == "bye":
            if BEHAVIOUR == "chatty-end":
                write("goodbye\n")
            if BEHAVIOUR == "stays":
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                sleep()
            return
        if command["cmd"] == "hello":
            hello()
        elif command["cmd"] == "key":
            key()
        elif BEHAVIOUR == "backwards":
            held.append(command)
            if len(held) == WINDOW:
                while held:
                    say(right(held.pop()))
        elif BEHAVIOUR == "slow":
            time.sleep(0.2)
            say(right(command))
        elif BEHAVIOUR == "floods-stderr":
            sys.stderr.write("debug " * 50_000 + "\n")
            say(right(command))
        elif BEHAVIOUR == "one-shot":
            say(right(command))
            return
        elif BEHAVIOUR == "never-answers-right":
            say({"id": command["id"], "value": ""})
        elif base64.b64decode(command.get("text", "")) == CULPRIT:
            misbehave(command)
        else:
            say(right(command))


main()
