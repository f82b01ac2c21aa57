"""Writes reference values for the statistics, computed by SciPy, statsmodels, scikit-learn and krippendorff.

    pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0 scikit-learn==1.9.1 krippendorff==0.9.0
    python make-golden.py SEED ROUNDS > more-statistics.json

The kept file is `python make-golden.py 20261120 2`; a larger ROUNDS is a differential test.
"""

import json
import warnings

import krippendorff
import numpy as np
import sklearn.metrics as sk
from scipy import stats
from statsmodels.stats import contingency_tables, multitest, power, proportion, weightstats
from statsmodels.stats.inter_rater import fleiss_kappa

from golden_cases import case, cases, column, kept, pick, rng, rounds, seed, size, with_missing

warnings.simplefilter("ignore")
ALTERNATIVES = ["two-sided", "greater", "less"]


def describe_cases():
    values = with_missing(column(size(1)))
    x = kept(values)
    if len(x) == 0:
        return
    n = len(x)
    case("describe", {"values": values}, {}, {
        "count": n, "nulls": len(values) - n, "mean": x.mean(), "std": x.std(ddof=1) if n > 1 else None,
        "stderr": stats.sem(x) if n > 1 else None, "min": x.min(), "max": x.max(), "median": np.median(x), "sum": x.sum()},
        "numpy, scipy.stats.sem")
    method = pick(["inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull",
                   "linear", "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest"])
    q = [0, 0.25, 0.5, 1, float(np.round(rng.random(), 2))]
    case("quantile", {"values": values}, {"q": q, "method": method}, {"quantiles": np.quantile(x, q, method=method)}, "numpy.quantile")
    if n < 2 or x.std() == 0:
        return
    confidence = pick([0.5, 0.8, 0.9, 0.95, 0.99, 0.999])
    for method, (low, high) in {"t": stats.t.interval(confidence, n - 1, x.mean(), stats.sem(x)),
                                "normal": stats.norm.interval(confidence, x.mean(), stats.sem(x))}.items():
        case("mean_ci", {"values": values}, {"method": method, "confidence": confidence}, {"mean": x.mean(), "low": low, "high": high}, "scipy.stats interval")


def proportion_cases():
    n = int(pick([1, 2, 5, 20, 100, 3000, 100000]))
    successes = int(pick([0, n, rng.integers(0, n + 1)]))
    confidence = pick([0.8, 0.9, 0.95, 0.99])
    for method, name in {"wilson": "wilson", "clopper-pearson": "beta", "agresti-coull": "agresti_coull", "jeffreys": "jeffreys", "normal": "normal"}.items():
        low, high = proportion.proportion_confint(successes, n, alpha=1 - confidence, method=name)
        case("proportion_ci", {"successes": successes, "n": n}, {"method": method, "confidence": confidence}, {"p": successes / n, "low": low, "high": high},
             "statsmodels proportion_confint", 1e-8, 1e-12)
    m = size(1, 200)
    other = int(rng.integers(0, m + 1))
    alternative = pick(ALTERNATIVES)
    z, p = proportion.proportions_ztest([other, successes], [m, n], alternative={"two-sided": "two-sided", "greater": "larger", "less": "smaller"}[alternative])
    if np.isfinite(z):
        case("two_proportion_z", {"a": {"successes": successes, "n": n}, "b": {"successes": other, "n": m}}, {"alternative": alternative}, {"z": z, "p": p}, "statsmodels proportions_ztest")


def paired_cases():
    n = size(2, 30)
    kind = pick(["smooth", "grades", "binary", "latency"])
    a, b = with_missing(column(n, kind), 0.1), with_missing(column(n, kind), 0.1)
    pairs = [(x, y) for x, y in zip(a, b) if x is not None and y is not None]
    x, y = np.array([p[0] for p in pairs], dtype=float), np.array([p[1] for p in pairs], dtype=float)
    d = y - x
    data = {"a": a, "b": b}
    if len(d) < 2 or d.std() < 1e-12:
        return
    for alternative in ALTERNATIVES:
        confidence = pick([0.8, 0.9, 0.95, 0.99])
        t = stats.ttest_rel(y, x, alternative=alternative)
        ci = t.confidence_interval(confidence)
        case("paired_t", data, {"alternative": alternative, "confidence": confidence},
             {"n": len(d), "mean_difference": d.mean(), "t": t.statistic, "df": t.df, "p": t.pvalue, "low": ci.low, "high": ci.high}, "scipy.stats.ttest_rel", 1e-9, 1e-11)
        if len(d) <= 11:
            r = stats.permutation_test((np.round(d, 9),), lambda v, axis: v.mean(axis=axis), permutation_type="samples", alternative=alternative, vectorized=True, n_resamples=np.inf)
            case("paired_permutation", data, {"method": "exact", "alternative": alternative}, {"statistic": d.mean(), "p": r.pvalue}, "scipy.stats.permutation_test", 1e-9, 1e-9)
    case("cohens_dz", data, {}, {"d": d.mean() / d.std(ddof=1)}, "mean / std", 1e-9, 1e-11)
    margin = float(np.round(np.abs(d).mean() * rng.uniform(0.2, 2), 3)) or 0.1
    p, _, _ = weightstats.ttost_paired(y, x, -margin, margin)
    low, high = stats.ttest_rel(y, x).confidence_interval(0.9)
    case("equivalence_paired", data, {"margin": margin}, {"p": p, "low": low, "high": high, "equivalent": low > -margin and high < margin}, "statsmodels ttost_paired", 1e-8, 1e-11)
    upper = stats.ttest_1samp(d, -margin, alternative="greater")
    case("non_inferiority_paired", data, {"margin": margin}, {"p": upper.pvalue, "bound": upper.confidence_interval(0.95).low}, "scipy.stats.ttest_1samp", 1e-8, 1e-11)
    clusters = [f"c{int(g)}" for g in rng.integers(0, max(2, n // 3), n)]
    used = [c for c, x1, y1 in zip(clusters, a, b) if x1 is not None and y1 is not None]
    groups = sorted(set(used))
    if len(groups) > 1:
        e = d - d.mean()
        between = sum(sum(v for v, c in zip(e, used) if c == g) ** 2 for g in groups)
        G = len(groups)
        cr1 = np.sqrt(G / (G - 1) * between) / len(d)
        if cr1 > 1e-9:
            alternative = pick(ALTERNATIVES)
            t = d.mean() / cr1
            p = {"two-sided": 2 * stats.t.sf(abs(t), G - 1), "greater": stats.t.sf(t, G - 1), "less": stats.t.cdf(t, G - 1)}[alternative]
            case("paired_clustered", {**data, "clusters": clusters}, {"correction": "CR1", "alternative": alternative},
                 {"mean_difference": d.mean(), "stderr": cr1, "t": t, "df": G - 1, "p": p, "clusters": G}, "statsmodels OLS cluster", 1e-8, 1e-11)


def rank_cases():
    n = size(1, 60)
    d = pick([np.round(rng.normal(0.5, 2, n), 3), rng.integers(-3, 4, n).astype(float), rng.integers(-1, 2, n).astype(float), rng.permutation(np.arange(1, n + 1)) * rng.choice([-1.0, 1.0], n)])
    for alternative in ALTERNATIVES:
        for zero in ["wilcox", "pratt", "zsplit"]:
            for method in ["auto", "exact", "asymptotic"]:
                correction = bool(rng.integers(2))
                try:
                    if method == "exact" and (n > 40):
                        continue
                    r = stats.wilcoxon(d, zero_method=zero, method=method, alternative=alternative, correction=correction)
                except (ValueError, IndexError):
                    continue
                if not np.isfinite(r.pvalue) or np.all(d == 0):
                    continue
                case("wilcoxon", {"differences": d}, {"method": method, "zero_method": zero, "alternative": alternative, "correction": correction}, {"w": r.statistic, "p": r.pvalue}, "scipy.stats.wilcoxon", 1e-9, 1e-12)
        positive, negative = int((d > 0).sum()), int((d < 0).sum())
        if positive + negative:
            case("sign_test", {"differences": d}, {"alternative": alternative}, {"positive": positive, "negative": negative, "zero": int((d == 0).sum()), "p": stats.binomtest(positive, positive + negative, alternative=alternative).pvalue}, "scipy.stats.binomtest")
    kind = pick(["smooth", "grades", "binary", "latency", "wide"])
    a, b = column(size(1, 25), kind), column(size(1, 25), kind)
    for alternative in ALTERNATIVES:
        for method in ["auto", "exact", "asymptotic"]:
            correction = bool(rng.integers(2))
            r = stats.mannwhitneyu(b, a, alternative=alternative, method=method, use_continuity=correction)
            if np.isfinite(r.pvalue):
                case("mann_whitney", {"a": a, "b": b}, {"method": method, "alternative": alternative, "use_continuity": correction}, {"u": r.statistic, "p": r.pvalue}, "scipy.stats.mannwhitneyu", 1e-9, 1e-12)
        if min(len(a), len(b)) > 1 and a.std() + b.std() > 0:
            r = stats.ttest_ind(b, a, equal_var=False, alternative=alternative)
            ci = r.confidence_interval(0.95)
            case("welch_t", {"a": a, "b": b}, {"alternative": alternative}, {"t": r.statistic, "df": r.df, "p": r.pvalue, "low": ci.low, "high": ci.high}, "scipy.stats.ttest_ind", 1e-8, 1e-11)
    case("cliffs_delta", {"a": a, "b": b}, {}, {"delta": np.sign(b[:, None] - a[None, :]).mean()}, "mean sign")
    if len(a) + len(b) > 2:
        pooled = np.sqrt((((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()) / (len(a) + len(b) - 2))
        if pooled > 0:
            case("cohens_d", {"a": a, "b": b}, {}, {"d": (b.mean() - a.mean()) / pooled}, "pooled std")


def binary_pair_cases():
    n = size(1, 60)
    a, b = column(n, "binary"), column(n, "binary")
    table = [[int(((a == i) & (b == j)).sum()) for j in (0, 1)] for i in (0, 1)]
    improved, regressed = table[0][1], table[1][0]
    case("mcnemar", {"a": a, "b": b}, {"method": "exact"}, {"improved": improved, "regressed": regressed, "p": contingency_tables.mcnemar(table, exact=True).pvalue}, "statsmodels mcnemar")
    few = min(improved, regressed)
    mid = 2 * stats.binom.cdf(few, improved + regressed, 0.5) - stats.binom.pmf(few, improved + regressed, 0.5)
    case("mcnemar", {"a": a, "b": b}, {"method": "mid-p"}, {"p": min(1, mid)}, "scipy.stats.binom")
    if improved + regressed:
        for correction in (True, False):
            r = contingency_tables.mcnemar(table, exact=False, correction=correction)
            case("mcnemar", {"a": a, "b": b}, {"method": "chi2", "correction": correction}, {"statistic": r.statistic, "p": r.pvalue}, "statsmodels mcnemar")
    rows = rng.integers(0, 2, (size(2, 20), size(2, 6)))
    r = contingency_tables.cochrans_q(rows)
    if np.isfinite(r.statistic):
        case("cochran_q", {"table": rows}, {}, {"q": r.statistic, "df": r.df, "p": r.pvalue}, "statsmodels cochrans_q", 1e-9, 1e-10)
    rows = pick([np.round(rng.random((size(2, 20), size(3, 6))), 3), rng.integers(1, 4, (size(2, 20), size(3, 6)))])
    r = stats.friedmanchisquare(*rows.T)
    if np.isfinite(r.statistic):
        case("friedman", {"table": rows}, {}, {"chi2": r.statistic, "p": r.pvalue}, "scipy.stats.friedmanchisquare", 1e-9, 1e-10)


def multiplicity_cases():
    n = size(1, 15)
    p = with_missing(pick([np.round(rng.random(n) ** 3, 4), np.round(rng.random(n), 2)]), 0.1)
    x = kept(p)
    if len(x) == 0:
        return
    alpha = pick([0.01, 0.05, 0.1, 0.2])
    for method, name in {"benjamini-hochberg": "fdr_bh", "benjamini-yekutieli": "fdr_by", "holm": "holm", "bonferroni": "bonferroni", "sidak": "sidak",
                         "holm-sidak": "holm-sidak", "simes-hochberg": "simes-hochberg", "hommel": "hommel"}.items():
        reject, adjusted = multitest.multipletests(x, alpha=alpha, method=name)[:2]
        if np.any(np.abs(adjusted - alpha) < 1e-9):
            continue
        ranks = iter(range(len(x)))
        at = [None if value is None else next(ranks) for value in p]
        case("adjust_p", {"p": p}, {"method": method, "alpha": alpha}, {"adjusted": [None if i is None else adjusted[i] for i in at], "rejected": [None if i is None else bool(reject[i]) for i in at]}, "statsmodels multipletests")


def correlation_cases():
    n = size(2, 50)
    kind = pick(["smooth", "grades", "binary", "latency"])
    a = column(n, kind)
    b = pick([a, -a, a + rng.normal(0, 1, n) * a.std(), column(n)])
    b = np.round(b, 2) + 0.0
    if len(set(a)) < 2 or len(set(b)) < 2:
        return
    for alternative in ALTERNATIVES:
        for method, test in {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}.items():
            r = test(a, b, alternative=alternative)
            expected = {"r": r.statistic}
            # Near |r| = 1 SciPy's p-value is made of rounding errors.
            if abs(r.statistic) < 0.9999 and (n > 2 or method == "pearson"):
                expected["p"] = r.pvalue
            case("correlation", {"a": a, "b": b}, {"method": method, "alternative": alternative}, expected, f"scipy.stats {method}", 1e-7 if method == "pearson" else 1e-9, 1e-11)


def agreement_cases():
    n = size(1, 40)
    labels = ["bad", "fair", "good", "great"][: size(1, 5)]
    a = [pick(labels) for _ in range(n)]
    b = [x if rng.random() < 0.6 else pick(labels) for x in a]
    for weights in (None, "linear", "quadratic"):
        order = pick([None, ["great", "good", "fair", "bad"]])
        kappa = sk.cohen_kappa_score(a, b, weights=weights, labels=order)
        case("cohen_kappa", {"a": a, "b": b}, {key: value for key, value in {"weights": weights, "labels": order}.items() if value is not None}, {"kappa": kappa}, "sklearn cohen_kappa_score")
    judges, categories = size(2, 7), size(2, 6)
    table = rng.multinomial(judges, rng.dirichlet(np.ones(categories)), size(1, 20))
    for method, name in {"fleiss": "fleiss", "randolph": "randolph"}.items():
        kappa = fleiss_kappa(table, method=name)
        if np.isfinite(kappa):
            case("fleiss_kappa", {"table": table}, {"method": method}, {"kappa": kappa}, "statsmodels fleiss_kappa", 1e-9, 1e-11)
    base = rng.integers(1, 6, size(2, 20))
    ratings = [[None if rng.random() < 0.2 else int(value if rng.random() < 0.6 else rng.integers(1, 6)) for value in base] for _ in range(judges)]
    data = [[np.nan if value is None else value for value in row] for row in ratings]
    for level in ("nominal", "ordinal", "interval", "ratio"):
        try:
            alpha = krippendorff.alpha(reliability_data=data, level_of_measurement=level)
        except (ValueError, AssertionError):
            continue
        if np.isfinite(alpha):
            case("krippendorff_alpha", {"ratings": ratings}, {"level": level}, {"alpha": alpha}, "krippendorff", 1e-8, 1e-11)


def classification_cases():
    n = size(1, 40)
    labels = ["a", "b", "c", "d"][: size(2, 5)]
    truth = [pick(labels[: size(1, 5)]) for _ in range(n)]
    predicted = [x if rng.random() < 0.6 else pick(labels) for x in truth]
    shown = pick([sorted(set(truth) | set(predicted)), labels, ["z", *labels], labels[:1] if labels[0] in truth else labels])
    shown = shown if set(shown) & set(truth) else sorted(set(truth) | set(predicted))
    for zero, value in {"0": 0, "1": 1, "null": np.nan}.items():
        p, r, f, s = sk.precision_recall_fscore_support(truth, predicted, labels=shown, zero_division=value)
        averages = {}
        for average in ("macro", "weighted", "micro"):
            ap, ar, af, _ = sk.precision_recall_fscore_support(truth, predicted, labels=shown, average=average, zero_division=value)
            averages[average] = {"precision": ap, "recall": ar, "f1": af}
        case("classification_report", {"truth": truth, "predicted": predicted}, {"labels": shown, "zeroDivision": json.loads(zero)},
             {"labels": shown, "matrix": sk.confusion_matrix(truth, predicted, labels=shown), "accuracy": sk.accuracy_score(truth, predicted),
              "precision": p, "recall": r, "f1": f, "support": s, **averages}, "sklearn")
    y = [int(x == "a") for x in truth]
    g = [int(x == "a") for x in predicted]
    if 0 < sum(y) < n and 0 < sum(g) < n:
        case("binary_metrics", {"truth": truth, "predicted": predicted}, {"positive": "a"},
             {"precision": sk.precision_score(y, g), "recall": sk.recall_score(y, g), "specificity": sk.recall_score(y, g, pos_label=0), "f1": sk.f1_score(y, g),
              "fbeta2": sk.fbeta_score(y, g, beta=2), "balanced_accuracy": sk.balanced_accuracy_score(y, g), "mcc": sk.matthews_corrcoef(y, g)}, "sklearn", 1e-9, 1e-12)
        score = np.clip(pick([np.round(rng.random(n), 1), np.round(rng.random(n), 3), np.array(y) * 0.5 + rng.random(n) * 0.5]), 0, 1)
        data = {"truth": y, "score": score}
        case("roc_auc", data, {}, {"auc": sk.roc_auc_score(y, score)}, "sklearn")
        case("average_precision", data, {}, {"ap": sk.average_precision_score(y, score)}, "sklearn")
        case("brier", data, {}, {"brier": sk.brier_score_loss(y, score)}, "sklearn")
        case("log_loss", data, {}, {"loss": sk.log_loss(y, score)}, "sklearn", 1e-9, 1e-9)


def power_cases():
    alternative = pick(["two-sided", "greater", "less"])
    n, effect, alpha = size(2, 400), float(np.round(rng.normal(0, 0.4), 2)), pick([0.01, 0.05, 0.1])
    p = power.TTestPower().power(effect, n, alpha, alternative={"two-sided": "two-sided", "greater": "larger", "less": "smaller"}[alternative])
    if np.isfinite(p):
        case("power_paired_t", {"effectSize": effect, "n": n}, {"alpha": alpha, "alternative": alternative}, {"power": p}, "statsmodels TTestPower", 1e-6, 1e-8)
    wanted, sd = pick([0.7, 0.8, 0.9]), float(np.round(rng.uniform(0.1, 1), 2))
    reach = stats.norm.isf(alpha / 2) + stats.norm.ppf(wanted)
    case("minimum_detectable_effect", {"n": n, "sdDifference": sd}, {"alpha": alpha, "power": wanted}, {"effect": reach * sd / np.sqrt(n)}, "Miller 2024")
    case("sample_size_paired", {"effect": 0.037, "sdDifference": sd}, {"alpha": alpha, "power": wanted}, {"n": int(np.ceil((reach * sd / 0.037) ** 2))}, "Miller 2024")


def distribution_cases():
    df = float(pick([1, 2, 3, 4.5, 10, 33, 250, 1e4, 1e6]))
    t = float(rng.normal() * pick([0.01, 1, 5, 40]))
    case("student_t_cdf_of", {"t": t, "df": df}, {}, {"p": stats.t.cdf(t, df)}, "scipy.stats.t", 1e-11, 1e-300)
    p = float(pick([1e-12, 1e-6, 0.001, 0.025, 0.2, 0.5, 0.7, 0.975, 0.9999]))
    case("student_t_quantile_of", {"p": p, "df": df}, {}, {"t": stats.t.ppf(p, df)}, "scipy.stats.t", 1e-11, 1e-13)
    z = float(rng.normal() * pick([0.01, 1, 5, 9]))
    case("normal_cdf_of", {"z": z}, {}, {"p": stats.norm.cdf(z)}, "scipy.stats.norm", 1e-12, 1e-300)
    case("normal_quantile_of", {"p": p}, {}, {"z": stats.norm.ppf(p)}, "scipy.stats.norm", 1e-12, 1e-15)


for _ in range(rounds):
    for make in (describe_cases, proportion_cases, paired_cases, rank_cases, binary_pair_cases, multiplicity_cases, correlation_cases,
                 agreement_cases, classification_cases, power_cases, distribution_cases):
        make()

versions = {"numpy": "2.4.6", "scipy": "1.17.1", "statsmodels": "0.15.0", "sklearn": "1.9.1", "krippendorff": "0.9.0"}
print('{"version": 1, "made_with": ' + json.dumps({**versions, "seed": seed, "rounds": rounds}) + ', "cases": [')
print(",\n".join(json.dumps(entry) for entry in cases))
print("]}")
