"""Asks tslab what it would offer while somebody types, and what it says of a name, as JSON."""

import json
import sys

from jupyter_client.manager import KernelManager

manager = KernelManager(kernel_name="tslab")
manager.start_kernel(cwd=sys.argv[1])
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=120)

setup = """import { streamExperiment } from '@assay/core';
import { live } from '@assay/notebook';
const ran = await live(streamExperiment({
  dataset: [{ input: { country: 'Peru' }, expected: { capital: 'Lima' } }],
  task: async ({ input }) => ({ answer: input.country, words: 1 }),
}));
"""


def offered(code):
    return client.complete(code, cursor_pos=len(code), reply=True, timeout=60)["content"]["matches"]


def hovered(code, word):
    place = code.index(word) + 1
    return client.inspect(code, cursor_pos=place, reply=True, timeout=60)["content"]["data"].get("text/plain", "")


try:
    client.execute(setup, reply=True, timeout=120)
    task = "streamExperiment({ dataset: [{ input: { country: 'Peru' }, expected: { capital: 'Lima' } }], task: ({ input, expected }) => "
    print(
        json.dumps(
            {
                "output": offered("ran.taskRuns[0].output."),
                "input": offered("ran.examples[0].input."),
                "expected": offered(task + "expected."),
                "live": hovered("live", "live"),
                "hovered": hovered("const first = ran.taskRuns[0].output", "output"),
            }
        )
    )
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
