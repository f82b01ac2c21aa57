"""CPU milliseconds (user and system, all threads) of scipy's BCa interval on the values of bootstrap.bench.ts."""

import json
import pathlib
import resource
import sys

import numpy as np
from scipy.stats import bootstrap

asked = json.loads((pathlib.Path(sys.argv[1]) / "bootstrap.json").read_text())
values, resamples = np.array(asked["values"]), asked["resamples"]


def cpu_of(work, repeats=3):
    least = float("inf")
    for _ in range(repeats):
        before = resource.getrusage(resource.RUSAGE_SELF)
        work()
        after = resource.getrusage(resource.RUSAGE_SELF)
        least = min(least, (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime))
    return least * 1000


def interval():
    # All at once it would take as many gigabytes as batches save.
    return bootstrap((values,), np.mean, n_resamples=resamples, batch=500, method="BCa", random_state=0)


found = interval().confidence_interval
print(json.dumps({"bootstrap": {"scipy": cpu_of(interval), "low": found.low, "high": found.high}}))
