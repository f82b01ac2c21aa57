"""CPU milliseconds (user and system, all threads) of pandas and polars on the files that speed.bench.ts wrote, each figure in
a process of its own."""

import io
import json
import pathlib
import resource
import subprocess
import sys

folder = pathlib.Path(sys.argv[1])
parquet, csv, jsonl = folder / "runs.parquet", folder / "runs.csv", folder / "runs.jsonl"


def cpu_of(work, repeats=5):
    least = float("inf")
    for _ in range(repeats):
        before = resource.getrusage(resource.RUSAGE_SELF)
        work()
        after = resource.getrusage(resource.RUSAGE_SELF)
        least = min(least, (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime))
    return round(least * 1000)


def of_polars(what):
    import polars as pl

    if what.endswith("read"):
        read = {"Parquet read": lambda: pl.read_parquet(parquet), "CSV read": lambda: pl.read_csv(csv), "JSONL read": lambda: pl.read_ndjson(jsonl)}
        return cpu_of(read[what])
    frame = pl.read_parquet(parquet)
    write = {
        "Parquet write, zstd": lambda: frame.write_parquet(io.BytesIO(), compression="zstd"),
        "Parquet write, snappy": lambda: frame.write_parquet(io.BytesIO(), compression="snappy"),
        "CSV write": lambda: frame.write_csv(io.BytesIO()),
        "JSONL write": lambda: frame.write_ndjson(io.BytesIO()),
    }
    return cpu_of(write[what])


def of_pandas(what):
    import pandas as pd

    if what == "Parquet read":
        return cpu_of(lambda: pd.read_parquet(parquet))
    if what == "CSV read":
        return cpu_of(lambda: pd.read_csv(csv), 2)
    frame = pd.read_parquet(parquet)
    if what == "CSV write":
        return cpu_of(lambda: frame.to_csv(io.StringIO()), 1)
    return cpu_of(lambda: frame.to_parquet(io.BytesIO(), compression=what.split(", ")[1]))


peers = {"polars": of_polars, "pandas": of_pandas}
files = ["Parquet write, zstd", "Parquet write, snappy", "Parquet read", "CSV write", "CSV read"]
measured = {"polars": [*files, "JSONL write", "JSONL read"], "pandas": files}


def measured_alone(what, peer):
    return int(subprocess.run([sys.executable, __file__, folder, what, peer], check=True, capture_output=True).stdout)


if len(sys.argv) > 2:
    print(peers[sys.argv[3]](sys.argv[2]))
else:
    print(
        json.dumps(
            {what: {peer: measured_alone(what, peer) for peer in peers if what in measured[peer]} for what in measured["polars"]}
        )
    )
