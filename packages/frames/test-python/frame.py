"""Reads the runs frame that Assay wrote, by every library, and prints what each sees.

    frame.py DIRECTORY      runs.parquet and runs.arrow in it; prints {reader: {types, rows}} as JSON
"""

import json
import pathlib
import sys

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from foreign import plain

folder = pathlib.Path(sys.argv[1])
parquet, arrow = str(folder / "runs.parquet"), str(folder / "runs.arrow")

pyarrow_tables = {"pyarrow parquet": pq.read_table(parquet), "pyarrow arrow": pa.ipc.open_file(arrow).read_all()}
polars_frames = {"polars parquet": pl.read_parquet(parquet), "polars arrow": pl.read_ipc(arrow)}
pandas_frames = {"pandas parquet": pd.read_parquet(parquet), "pandas feather": pd.read_feather(arrow)}
relation = duckdb.sql(f"SELECT * FROM '{parquet}'")
duckdb_table = relation.to_arrow_table() if hasattr(relation, "to_arrow_table") else relation.arrow()

seen = {}
for name, table in pyarrow_tables.items():
    table.validate(full=True)
    seen[name] = {"types": {field.name: str(field.type) for field in table.schema}, "rows": table.to_pylist()}
for name, frame in polars_frames.items():
    seen[name] = {"types": {column: str(type_) for column, type_ in frame.schema.items()}, "rows": frame.to_dicts()}
for name, frame in pandas_frames.items():
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    seen[name] = {"types": {column: str(type_) for column, type_ in frame.dtypes.items()}, "rows": rows}
seen["duckdb parquet"] = {"types": dict(zip(relation.columns, map(str, relation.types))), "rows": duckdb_table.to_pylist()}

for view in seen.values():
    view["rows"] = [{key: plain(value) for key, value in row.items()} for row in view["rows"]]
print(json.dumps(seen))
