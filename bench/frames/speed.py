"""CPU milliseconds (user and system, all threads) of pandas and polars on the files that speed.bench.ts wrote."""

import io
import json
import pathlib
import resource
import sys

import pandas as pd
import polars as pl

folder = pathlib.Path(sys.argv[1])


def cpu_of(work, repeats=5):
    least = float("inf")
    for _ in range(repeats):
        before = resource.getrusage(resource.RUSAGE_SELF)
        work()
        after = resource.getrusage(resource.RUSAGE_SELF)
        least = min(least, (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime))
    return round(least * 1000)


parquet = folder / "runs.parquet"
polars_frame, pandas_frame = pl.read_parquet(parquet), pd.read_parquet(parquet)
csv, jsonl = folder / "runs.csv", folder / "runs.jsonl"

print(
    json.dumps(
        {
            "Parquet write, zstd": {
                "polars": cpu_of(lambda: polars_frame.write_parquet(io.BytesIO(), compression="zstd")),
                "pandas": cpu_of(lambda: pandas_frame.to_parquet(io.BytesIO(), compression="zstd")),
            },
            "Parquet write, snappy": {
                "polars": cpu_of(lambda: polars_frame.write_parquet(io.BytesIO(), compression="snappy")),
                "pandas": cpu_of(lambda: pandas_frame.to_parquet(io.BytesIO(), compression="snappy")),
            },
            "Parquet read": {"polars": cpu_of(lambda: pl.read_parquet(parquet)), "pandas": cpu_of(lambda: pd.read_parquet(parquet))},
            "CSV write": {"polars": cpu_of(lambda: polars_frame.write_csv(io.BytesIO())), "pandas": cpu_of(lambda: pandas_frame.to_csv(io.StringIO()), 1)},
            "CSV read": {"polars": cpu_of(lambda: pl.read_csv(csv)), "pandas": cpu_of(lambda: pd.read_csv(csv), 2)},
            "JSONL write": {"polars": cpu_of(lambda: polars_frame.write_ndjson(io.BytesIO()))},
            "JSONL read": {"polars": cpu_of(lambda: pl.read_ndjson(jsonl))},
        }
    )
)
