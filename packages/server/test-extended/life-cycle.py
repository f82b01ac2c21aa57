"""The life cycle of datasets and experiments through the official Python client, sync and async.

Usage: life-cycle.py URL. Prints what it found as one JSON document.
"""

import asyncio
import json
import sys

import httpx
from phoenix.client import AsyncClient, Client

url = sys.argv[1]
client = Client(base_url=url)
found = {}


def task(input):
    if input["question"] == "fails":
        raise ValueError("overloaded")
    return input["question"].upper()


def exact(output, expected):
    return output == expected["answer"]


def length(output):
    return {"score": len(output), "label": "short", "explanation": "counted"}


inputs = [{"question": "a"}, {"question": "b"}, {"question": "fails"}]
outputs = [{"answer": "A"}, {"answer": "X"}, {"answer": "F"}]

dataset = client.datasets.create_dataset(name="python", inputs=inputs, outputs=outputs, dataset_description="of the test")
found["created"] = {"name": dataset.name, "description": dataset.description, "examples": len(dataset.examples)}
found["ids are node ids"] = all(example["id"] == example["node_id"] for example in dataset.examples)

again = client.datasets.create_dataset(name="python", inputs=inputs, outputs=outputs)
found["same rows make no version"] = again.version_id == dataset.version_id

appended = client.datasets.add_examples_to_dataset(
    dataset="python", examples=[{"id": "own", "input": {"question": "c"}, "output": {"answer": "C"}, "splits": ["late"]}]
)
found["appended"] = len(appended.examples)
found["own id"] = appended.examples[-1]["id"]
found["versions"] = len(client.datasets.get_dataset_versions(dataset="python"))
found["listed"] = [listed["name"] for listed in client.datasets.list(limit=5)]
found["split"] = len(client.datasets.get_dataset(dataset="python", splits=["late"]).examples)
found["first version"] = len(client.datasets.get_dataset(dataset="python", version_id=dataset.version_id).examples)

import pandas

frame = pandas.DataFrame([{"q": "x", "a": "1", "kind": "train", "key": "r1"}, {"q": "y", "a": "2", "kind": "test", "key": "r2"}])
from_frame = client.datasets.create_dataset(
    name="frame", dataframe=frame, input_keys=["q"], output_keys=["a"], split_key="kind", example_id_key="key"
)
found["frame"] = sorted([example["id"], example["input"], example["output"]] for example in from_frame.examples)

experiment = client.experiments.run_experiment(
    dataset=appended, task=task, evaluators=[exact, length], experiment_name="baseline", repetitions=2, retries=0, timeout=30
)
record = client.experiments.get_experiment(experiment_id=experiment["experiment_id"])
found["runs"] = len(record["task_runs"])
found["failed runs"] = sum(1 for run in record["task_runs"] if run.get("error"))
found["evaluations"] = len(record["evaluation_runs"])
info = httpx.get(f"{url}/v1/experiments/{experiment['experiment_id']}").json()["data"]
found["counts"] = [info["successful_run_count"], info["failed_run_count"], info["missing_run_count"]]


def mended(input):
    return input["question"].upper()


client.experiments.resume_experiment(experiment_id=experiment["experiment_id"], task=mended, evaluators=[exact, length], retries=0)
info = httpx.get(f"{url}/v1/experiments/{experiment['experiment_id']}").json()["data"]
found["counts after resume"] = [info["successful_run_count"], info["failed_run_count"], info["missing_run_count"]]


def late(output):
    return 1.0


client.experiments.resume_evaluation(experiment_id=experiment["experiment_id"], evaluators=[late])
rows = httpx.get(f"{url}/v1/experiments/{experiment['experiment_id']}/json").json()
found["late evaluations"] = sum(1 for row in rows for evaluation in row["annotations"] if evaluation["name"] == "late")
found["experiments"] = len(client.experiments.list(dataset_id=appended.id))


async def asynchronous():
    client = AsyncClient(base_url=url)
    dataset = await client.datasets.create_dataset(name="async", inputs=inputs[:2], outputs=outputs[:2])

    async def task(input):
        return input["question"].upper()

    experiment = await client.experiments.run_experiment(dataset=dataset, task=task, evaluators=[exact], concurrency=4)
    record = await client.experiments.get_experiment(experiment_id=experiment["experiment_id"])
    return [len(record["task_runs"]), len(record["evaluation_runs"])]


found["async"] = asyncio.run(asynchronous())
print("FOUND " + json.dumps(found))
