"""Reads the runs frame of an experiment as Arrow and as Parquet. Usage: read-frames.py URL/v1/experiments/ID"""

import io
import json
import sys
import urllib.request

import pyarrow
import pyarrow.parquet


def rows(table):
    return [[row["example_id"], row["output"], row["eval.exact.label"]] for row in table.to_pylist()]


def load(format):
    return urllib.request.urlopen(f"{sys.argv[1]}/runs.{format}").read()


arrow = pyarrow.ipc.open_stream(load("arrow")).read_all()
parquet = pyarrow.parquet.read_table(io.BytesIO(load("parquet")))
same = rows(arrow) == rows(parquet)
types = {name: str(arrow.schema.field(name).type) for name in ["run_id", "repetition", "start_time", "eval.exact.label"]}
print("FOUND " + json.dumps({"rows": arrow.num_rows, "same": same, "first": rows(arrow)[0], "last": rows(arrow)[-1], "types": types}))
