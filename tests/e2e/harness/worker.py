"""Runs inside a client's own environment: reads one JSON request a line, answers one JSON line.

A request is either {"call": METHOD_OF_HFAPI, "args": [...], "kwargs": {...}} or {"code": PYTHON, "vars": {...}},
where the code leaves its answer in `result`. Whatever the client prints goes to standard error.
"""

import base64
import dataclasses
import datetime
import enum
import json
import os
import sys
import traceback
import types

sys.path.pop(0)  # the harness itself: it must not hide modules of the client, such as http
DEPTH = 8


def plain(value, depth=0):
    """The value as JSON can carry it; client objects become dicts of their public fields."""
    if isinstance(value, enum.Enum):
        return plain(value.value, depth)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        fields = {k: plain(v, depth + 1) for k, v in vars(value).items()} if hasattr(value, "__dict__") else {}
        return {"str": str(value), **fields} if fields else str(value)
    if isinstance(value, (bytes, bytearray)):
        return {"__bytes__": base64.b64encode(value).decode()}
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if depth > DEPTH:
        return repr(value)
    if isinstance(value, dict):
        return {str(k): plain(v, depth + 1) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset, types.GeneratorType)) or hasattr(value, "__next__"):
        return [plain(v, depth + 1) for v in value]
    if dataclasses.is_dataclass(value) or hasattr(value, "__dict__"):
        shown = {k: plain(v, depth + 1) for k, v in vars(value).items() if not k.startswith("_")}
        return {"class": type(value).__name__, **shown}
    return str(value)


def unplain(value):
    if isinstance(value, dict):
        if set(value) == {"__bytes__"}:
            return base64.b64decode(value["__bytes__"])
        return {k: unplain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [unplain(v) for v in value]
    return value


def answer(request):
    import huggingface_hub

    if "call" in request:
        function = getattr(huggingface_hub.HfApi(), request["call"])
        return plain(function(*unplain(request["args"]), **unplain(request["kwargs"])))
    scope = unplain(request["vars"])
    exec(compile(request["code"], "<test>", "exec"), scope)  # noqa: S102 - the tests' own code
    return plain(scope.get("result"))


def error_of(error):
    response = getattr(error, "response", None)
    return {
        "type": type(error).__name__,
        "mro": [c.__name__ for c in type(error).__mro__],
        "message": str(error),
        "status": getattr(response, "status_code", None),
        "traceback": traceback.format_exc(),
    }


def main():
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        try:
            reply = {"ok": answer(json.loads(line))}
        except BaseException as error:  # noqa: BLE001 - the test decides what is fatal
            reply = {"error": error_of(error)}
        channel.write(json.dumps(reply) + "\n")
        channel.flush()


main()
