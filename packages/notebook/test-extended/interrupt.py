"""Follows a run in a kernel, interrupts it, resumes it in the next cell, and tells what was shown, as JSON."""

import json
import re
import sys
import time

from jupyter_client.manager import KernelManager

kernel, folder = sys.argv[1:]
manager = KernelManager(kernel_name=kernel)
manager.start_kernel(cwd=folder)
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=120)


def run(code, until, interrupt_at=None):
    """Runs a cell until its displays satisfy `until`; gives the HTML of each place, the newest."""
    client.execute(code)
    places = {}
    interrupted = False
    deadline = time.time() + 120
    while time.time() < deadline and not until(places):
        try:
            message = client.get_iopub_msg(timeout=1)
        except Exception:
            continue
        content = message["content"]
        if message["msg_type"] in ("display_data", "update_display_data"):
            html = content["data"]["text/html"]
            places[content["transient"]["display_id"]] = html
            if interrupt_at is not None and not interrupted and re.search(interrupt_at, html):
                manager.interrupt_kernel()
                interrupted = True
        if message["msg_type"] == "error" and not interrupted:
            sys.exit(json.dumps(content))
    return places


def shown(places, text):
    return any(text in html for html in places.values())


try:
    setup = """import { streamExperiment, streamResume, createMemoryStore } from '@assay/core';
import { live } from '@assay/notebook';
const store = createMemoryStore();
let experimentId = '';
let milliseconds = 100;
const dataset = Array.from({ length: 60 }, (_, index) => ({ id: 'row-' + index, input: index, expected: index }));
const task = async ({ input }: { input: number }) => {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return input;
};
const evaluators = { exact: ({ output, expected }: { output: number; expected: number }) => output === expected };
"""
    client.execute(setup, reply=True, timeout=120)
    first = run(
        """const onEvent = (event: any) => { if (event.type === 'started') experimentId = event.experiment.id; };
const partial = await live(streamExperiment({ store: store, dataset: dataset, task: task, evaluators: evaluators, concurrency: 1, onEvent: onEvent }));""",
        lambda places: shown(places, "It was stopped"),
        interrupt_at=r">[1-9]\d*</b> of",
    )
    last = next(iter(first.values()))
    # tslab leaves out what comes within 200 ms of a failed cell.
    time.sleep(1)
    second = run(
        """milliseconds = 0;
await live(streamResume({ store: store, experimentId: experimentId, task: task, evaluators: evaluators }));""",
        lambda places: shown(places, "✓ 60 ok"),
    )
    print(
        json.dumps(
            {
                "last": last,
                "ok": int(re.search(r"✓ (\d+) ok", last).group(1)),
                "places": len(first),
                "resumed": next(iter(second.values())),
            }
        )
    )
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
