"""Runs cells in the tslab kernel, then asks it what an editor asks. Reads {"cells": [...], "questions": [...]} as JSON, where a
question is code with a | at the cursor; answers with a list of {"matches": [...], "hover": "..."}."""

import json
import sys

from jupyter_client.manager import start_new_kernel

asked = json.load(sys.stdin)
manager, client = start_new_kernel(startup_timeout=120, kernel_name="tslab")
try:
    for cell in asked["cells"]:
        reply = client.execute_interactive(cell, timeout=120, output_hook=lambda _: None)["content"]
        assert reply["status"] == "ok", f"{cell}\n{reply}"

    def answer(question):
        cursor = question.index("|")
        code = question.replace("|", "", 1)
        completed = client.complete(code, cursor, reply=True, timeout=60)["content"]
        inspected = client.inspect(code, cursor, reply=True, timeout=60)["content"]
        return {"matches": completed.get("matches", []), "hover": inspected.get("data", {}).get("text/plain", "")}

    print(json.dumps([answer(question) for question in asked["questions"]]))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
