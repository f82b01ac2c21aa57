"""CPU milliseconds (user and system, all threads) of polars and pandas on the frames that analysis.bench.ts wrote.

The comparison pairs means by example and takes the mean and the standard deviation of the differences; ours gives the whole row
of a comparison: interval, test, effect size, counts.
"""

import json
import pathlib
import resource
import sys

import pandas as pd
import polars as pl

folder = pathlib.Path(sys.argv[1])


def cpu_of(work, repeats=5, calls=20):
    least = float("inf")
    for _ in range(repeats):
        before = resource.getrusage(resource.RUSAGE_SELF)
        # The kernel counts other threads by ticks of some milliseconds, so that one short call would seem free.
        for _ in range(calls):
            work()
        after = resource.getrusage(resource.RUSAGE_SELF)
        least = min(least, (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime))
    return least * 1000 / calls


label, judge = "eval.exact.label", "eval.judge.score"
numbers, fractions = ["latency_ms", "cost_usd", "eval.exact.score", judge], [0.5, 0.9, 0.99]
read = ["example_id", label, *numbers]
base, candidate = (pl.read_parquet(folder / f"{name}.parquet", columns=read) for name in ("base", "candidate"))
base_pandas, candidate_pandas = base.to_pandas(), candidate.to_pandas()


def compare_polars():
    means = [frame.group_by("example_id").agg(pl.col(judge).mean()) for frame in (base, candidate)]
    difference = pl.col(f"{judge}_right") - pl.col(judge)
    return means[0].join(means[1], on="example_id").select(difference.mean().alias("mean"), difference.std().alias("sd"))


def compare_pandas():
    means = [frame.groupby("example_id")[judge].mean() for frame in (base_pandas, candidate_pandas)]
    difference = means[1] - means[0]
    return difference.mean(), difference.std()


quantiles = [pl.col("latency_ms").quantile(fraction, interpolation="linear").alias(str(fraction)) for fraction in fractions]
print(
    json.dumps(
        {
            "mean of 4 columns by label": {
                "polars": cpu_of(lambda: base.group_by(label).agg(pl.col(numbers).mean())),
                "pandas": cpu_of(lambda: base_pandas.groupby(label, observed=True)[numbers].mean()),
            },
            "3 quantiles by label": {
                "polars": cpu_of(lambda: base.group_by(label).agg(quantiles)),
                "pandas": cpu_of(lambda: base_pandas.groupby(label, observed=True)["latency_ms"].quantile(fractions)),
            },
            "mean by example": {
                "polars": cpu_of(lambda: base.group_by("example_id").agg(pl.col(judge).mean())),
                "pandas": cpu_of(lambda: base_pandas.groupby("example_id")[judge].mean()),
            },
            "compare one metric": {"polars": cpu_of(compare_polars), "pandas": cpu_of(compare_pandas)},
        }
    )
)
