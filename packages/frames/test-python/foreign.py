"""Writes a table of every type with each library, and compares what Assay made of it.

    foreign.py write DIRECTORY          one file for each library and format, and values.json with what they hold
    foreign.py compare ORIGINAL COPY    fails unless both files hold the same types and values
"""

import datetime as dt
import decimal
import json
import math
import pathlib
import sys

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

UTC = dt.timezone.utc
MOMENT = dt.datetime(2026, 1, 5, 10, 0, 0, 123456)


def every_type() -> pa.Table:
    columns = {
        "bool": pa.array([True, None, False]),
        "int8": pa.array([-128, None, 127], pa.int8()),
        "int16": pa.array([-32768, None, 32767], pa.int16()),
        "int32": pa.array([-(2**31), None, 2**31 - 1], pa.int32()),
        "int64": pa.array([-5, None, 2**40], pa.int64()),
        "int64_big": pa.array([2**60 + 1, None, -(2**63)], pa.int64()),
        "uint8": pa.array([0, None, 255], pa.uint8()),
        "uint16": pa.array([0, None, 65535], pa.uint16()),
        "uint32": pa.array([0, None, 2**32 - 1], pa.uint32()),
        "uint64": pa.array([0, None, 2**64 - 1], pa.uint64()),
        "float32": pa.array([0.5, None, math.nan], pa.float32()),
        "float64": pa.array([0.1 + 0.2, None, math.nan], pa.float64()),
        "text": pa.array(["", None, "“ünïcode” 😀\n"]),
        "text_bom": pa.array(["\ufeffmark", None, "x"]),
        "large_text": pa.array(["a", None, "b" * 300], pa.large_string()),
        "all_null": pa.array([None, None, None], pa.string()),
        "bytes": pa.array([b"\x00\xff", None, b""], pa.binary()),
        "time_s": pa.array([MOMENT.replace(microsecond=0), None, dt.datetime(1969, 12, 31)], pa.timestamp("s", "UTC")),
        "time_ms": pa.array([MOMENT.replace(microsecond=123000), None, dt.datetime(1969, 12, 31)], pa.timestamp("ms", "UTC")),
        "time_us": pa.array([MOMENT, None, dt.datetime(1969, 12, 31)], pa.timestamp("us", "UTC")),
        "time_ns": pa.array([MOMENT, None, dt.datetime(1969, 12, 31)], pa.timestamp("ns", "UTC")),
        "time_zone": pa.array([MOMENT, None, dt.datetime(1969, 12, 31)], pa.timestamp("us", "Europe/Berlin")),
        "time_naive": pa.array([MOMENT, None, dt.datetime(1969, 12, 31)], pa.timestamp("us")),
        "date": pa.array([dt.date(2026, 1, 5), None, dt.date(1969, 12, 31)], pa.date32()),
        "decimal": pa.array([decimal.Decimal("1.25"), None, decimal.Decimal("-99999999.99")], pa.decimal128(20, 2)),
        "numbers": pa.array([[1.5, None], None, []], pa.list_(pa.field("item", pa.float64()))),
        "texts": pa.array([["a", None], None, []], pa.list_(pa.field("item", pa.string()))),
        "times": pa.array([[MOMENT], None, []], pa.list_(pa.field("item", pa.timestamp("us", "UTC")))),
        "big_numbers": pa.array([[2**60 + 1], None, []], pa.list_(pa.field("item", pa.int64()))),
        "struct": pa.array([{"a": 1, "b": "x"}, None, {"a": None, "b": ""}], pa.struct([("a", pa.int32()), ("b", pa.string())])),
        "structs": pa.array([[{"a": 1.5}], None, []], pa.list_(pa.field("item", pa.struct([("a", pa.float64())])))),
        "label": pa.array(["x", None, "y"]).dictionary_encode(),
    }
    return pa.table(columns)


# Types that a library cannot hold, or makes into others by itself.
POLARS_LEAVES = {"time_s"}
PANDAS_LEAVES = {"bool", "int8", "int16", "int32", "int64", "int64_big", "uint8", "uint16", "uint32", "uint64", "bytes"} | {
    "big_numbers", "decimal", "struct", "structs", "numbers", "texts", "times", "date", "all_null", "float32", "float64"
}
DUCKDB_LEAVES = {"time_zone", "time_s", "time_ms", "large_text", "label"}


def split_dictionaries() -> pa.Table:
    """The same column with another dictionary in each batch, and 256 values with a null in one byte."""
    first = pa.table({"label": pa.array(["x", "y"]).dictionary_encode()})
    second = pa.table({"label": pa.array(["z", "x", None]).dictionary_encode()})
    return pa.concat_tables([first, second])


def full_byte() -> pa.Table:
    values = [f"v{index}" for index in range(256)] + [None, "v0"]
    codes = pa.array(list(range(256)) + [None, 0], pa.uint8())
    return pa.table({"label": pa.DictionaryArray.from_arrays(codes, pa.array(values[:256]))})


def long_text() -> pa.Table:
    """Enough of it for several linked LZ4 blocks."""
    texts = [json.dumps({"row": row, "question": "How many articles has declaration number %d? " % (row * 7919) * 9}) for row in range(3000)]
    return pa.table({"text": texts, "number": pa.array(range(3000), pa.int64()), "score": [row / 7 for row in range(3000)]})


def write_stream(table: pa.Table, path: pathlib.Path, options: pa.ipc.IpcWriteOptions | None = None) -> None:
    with pa.ipc.new_stream(path, table.schema, options=options) as writer:
        writer.write_table(table)


def write(directory: pathlib.Path) -> None:
    table = every_type()
    files: dict[str, pa.Table] = {}

    def keep(name: str, source: pa.Table) -> pathlib.Path:
        files[name] = source
        return directory / name

    write_stream(table, keep("pyarrow.arrows", table))
    feather.write_feather(table, keep("pyarrow-lz4.arrow", table), compression="lz4")
    feather.write_feather(table, keep("pyarrow-zstd.arrow", table), compression="zstd")
    feather.write_feather(long_text(), keep("pyarrow-long-lz4.arrow", long_text()), compression="lz4")
    feather.write_feather(long_text(), keep("pyarrow-long-zstd.arrow", long_text()), compression="zstd")
    pq.write_table(table, keep("pyarrow.parquet", table), compression="zstd")
    pq.write_table(table, keep("pyarrow-snappy.parquet", table), compression="snappy")
    write_stream(split_dictionaries(), keep("dictionaries.arrows", split_dictionaries()))
    write_stream(split_dictionaries(), keep("deltas.arrows", split_dictionaries()), pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True))
    write_stream(full_byte(), keep("full-byte.arrows", full_byte()))
    pq.write_table(split_dictionaries(), keep("dictionaries.parquet", split_dictionaries()))
    write_stream(table.slice(0, 0), keep("empty.arrows", table.slice(0, 0)))

    for_polars = table.drop_columns(list(POLARS_LEAVES))
    frame = pl.from_arrow(for_polars)
    frame.write_ipc(keep("polars-lz4.arrow", frame.to_arrow()), compression="lz4")
    frame.write_ipc(keep("polars-zstd.arrow", frame.to_arrow()), compression="zstd")
    frame.write_ipc(keep("polars-old.arrow", frame.to_arrow()), compression="uncompressed", compat_level=pl.CompatLevel.oldest())
    frame.write_parquet(keep("polars.parquet", frame.to_arrow()))
    long_frame = pl.from_arrow(long_text())
    long_frame.write_ipc(keep("polars-long-lz4.arrow", long_frame.to_arrow()), compression="lz4")
    long_frame.write_ipc(keep("polars-long-zstd.arrow", long_frame.to_arrow()), compression="zstd")

    for_pandas = table.drop_columns(list(PANDAS_LEAVES)).to_pandas()
    for_pandas.to_feather(keep("pandas.feather", pa.Table.from_pandas(for_pandas)))
    for_pandas.to_parquet(keep("pandas.parquet", pa.Table.from_pandas(for_pandas)))

    for_duckdb = table.drop_columns(list(DUCKDB_LEAVES))  # noqa: F841 (duckdb reads it by its name)
    path = keep("duckdb.parquet", for_duckdb)
    duckdb.sql(f"COPY (SELECT * FROM for_duckdb) TO '{path}' (FORMAT parquet)")

    values = {name: [[plain(value) for value in source.column(column).to_pylist()] for column in source.column_names] for name, source in files.items()}
    names = {name: source.column_names for name, source in files.items()}
    (directory / "values.json").write_text(json.dumps({name: dict(zip(names[name], values[name])) for name in files}))


def plain(value: object) -> object:
    """The value as the test writes ours: integers beyond 2^53 as text, times to the millisecond."""
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    if isinstance(value, bool) or value is None or isinstance(value, (str, float)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dt.datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return math.floor(aware.timestamp() * 1000)
    if isinstance(value, dt.date):
        return int(dt.datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp() * 1000)
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    raise TypeError(type(value))


def read(path: str) -> pa.Table:
    if path.endswith(".parquet"):
        return pq.read_table(path)
    if path.endswith(".arrows"):
        return pa.ipc.open_stream(path).read_all()
    return pa.ipc.open_file(path).read_all()


def common_type(type_: pa.DataType) -> pa.DataType:
    """What Assay writes for it: text and bytes of any width as the plain one, dictionaries with 32-bit codes."""
    if pa.types.is_large_string(type_) or pa.types.is_string_view(type_):
        return pa.string()
    if pa.types.is_binary_view(type_):
        return pa.binary()
    if pa.types.is_dictionary(type_):
        return pa.dictionary(pa.int32(), pa.string())
    if pa.types.is_large_list(type_):
        return pa.large_list(pa.field("item", common_type(type_.value_type)))
    if pa.types.is_list(type_):
        return pa.list_(pa.field("item", common_type(type_.value_type)))
    if pa.types.is_struct(type_):
        return pa.struct([(field.name, common_type(field.type)) for field in type_])
    return type_


def compare(original: str, copy: str) -> None:
    ours, theirs = read(copy), read(original)
    ours.validate(full=True)
    assert ours.column_names == theirs.column_names, (ours.column_names, theirs.column_names)
    for name in theirs.column_names:
        expected = common_type(theirs.schema.field(name).type)
        if copy.endswith(".parquet") and expected == pa.timestamp("s", "UTC"):
            expected = pa.timestamp("ms", "UTC")  # Parquet has no seconds
        found = common_type(ours.schema.field(name).type)
        assert found == expected, f"{name}: expected {expected}, got {ours.schema.field(name).type}"
        left, right = ours.column(name).to_pylist(), theirs.column(name).to_pylist()
        assert repr(left) == repr(right), f"{name}: expected {right}, got {left}"


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(pathlib.Path(sys.argv[2]))
    else:
        compare(sys.argv[2], sys.argv[3])
