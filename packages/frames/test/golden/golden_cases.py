"""Random columns, and the list of golden cases they end up in."""

import sys

import numpy as np

seed, rounds = int(sys.argv[1]), int(sys.argv[2])
rng = np.random.default_rng(seed)
cases = []


def clean(value):
    if isinstance(value, dict):
        return {key: clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [clean(item) for item in value]
    if isinstance(value, (np.bool_, bool)):
        return bool(value)
    if isinstance(value, (np.integer, int)):
        return int(value)
    if isinstance(value, (np.floating, float)):
        value = float(value)
        if np.isnan(value):
            return None
        return value if np.isfinite(value) else ("Infinity" if value > 0 else "-Infinity")
    return value


def case(fn, data, options, expected, source, rel=1e-9, absolute=1e-12):
    cases.append(
        {"id": f"more-{len(cases) + 1:03}", "fn": fn, "input": clean(data), "options": options, "expected": clean(expected),
         "tolerance": {"rel": rel, "abs": absolute}, "source": source}
    )


def column(n, kind=None):
    kind = kind or rng.choice(["smooth", "grades", "binary", "latency", "wide"])
    if kind == "smooth":
        return np.round(rng.normal(0.6, 0.2, n), 3)
    if kind == "grades":
        return rng.integers(1, 6, n).astype(float)
    if kind == "binary":
        return rng.integers(0, 2, n).astype(float)
    if kind == "latency":
        return np.round(rng.lognormal(6, 0.8, n), 2)
    return rng.normal(0, 1, n) * 10.0 ** rng.integers(-6, 7)


def with_missing(values, share=0.15):
    holes = rng.random(len(values)) < share
    return [None if hole else value for hole, value in zip(holes, values)]


def kept(values):
    return np.array([value for value in values if value is not None], dtype=float)


def size(low=2, high=40):
    return int(rng.integers(low, high))


def pick(options):
    return options[int(rng.integers(len(options)))]
