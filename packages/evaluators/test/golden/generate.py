"""Writes golden.json: what the reference implementations say of texts, lists and schemas that are made here.

    python -m venv venv
    venv/bin/pip install sacrebleu==2.6.0 rouge-score==0.1.2 scikit-learn==1.9.1 rapidfuzz==3.14.6 jsonschema==4.26.0 scipy==1.17.1
    venv/bin/python generate.py
"""

import json
import random
from importlib.metadata import version
from pathlib import Path

import numpy
from jsonschema import Draft6Validator, Draft7Validator, Draft201909Validator, Draft202012Validator
from rapidfuzz.distance import Levenshtein
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu import sentence_bleu, sentence_chrf
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import ndcg_score, precision_recall_fscore_support, precision_score, recall_score
from sklearn.preprocessing import MultiLabelBinarizer

rng = random.Random(8)

TEXTS = [
    ("the cat sat on the mat", "the cat sat on a mat"),
    ("the cat sat on the mat", "the cat sat on the mat"),
    ("It costs $3.50, or 1,000.5 yen-ish.", "It cost $3.50 or 1,000 yen."),
    ("He said: \"hello-world\" (twice) & left!", "He said 'hello world' twice & left."),
    ("a", "a"),
    ("a b", "a b c"),
    ("", "something"),
    ("something", ""),
    ("", ""),
    ("   ", "a"),
    ("completely different", "nothing alike here"),
    ("The quick brown fox jumps over the lazy dog and runs", "The quick brown dog jumps over the lazy fox"),
    ("café naïve façade", "cafe naive facade"),
    ("Привет, мир! Как дела?", "Привет мир, как твои дела?"),
    ("東京は日本の首都です。", "日本の首都は東京です。"),
    ("flags 🇵🇪🇫🇷 and 👩‍👩‍👧 family", "flags 🇫🇷🇵🇪 and 👨‍👩‍👧 family"),
    ("e\u0301 combining", "\u00e9 combining"),
    ("tab\tand\u00a0no-break\u2003em\u0085next", "tab and no-break em next"),
    ("well-\nknown hy-\nphens\nand lines", "well-known hyphens and lines"),
    ("&lt;b&gt; &amp; &quot;x&quot;", "<b> & \"x\""),
    ("<skipped> text 1990-2000 5-a", "text 1990 - 2000 5 -a"),
    ("the the the the the the the", "the cat is on the mat"),
    ("(hi) 'there' x.", "(hi) there x ."),
    ("UPPER lower", "upper LOWER"),
]

WORDS = "the a cat dog sat ran on over mat, mat. (big) 3.5 10,000 can't end; café дом 東京 🙂".split()
for _ in range(60):
    TEXTS.append(tuple(" ".join(rng.choices(WORDS, k=rng.randint(0, 14))) for _ in range(2)))

REFERENCES = [
    ("the cat sat on the mat", ["a cat is sitting on the mat", "the cat sat upon the mat there"]),
    ("the cat", ["the cat sat", "a", "the cats sat on mats"]),
] + [(" ".join(rng.choices(WORDS, k=8)), [" ".join(rng.choices(WORDS, k=rng.randint(1, 12))) for _ in range(3)]) for _ in range(20)]


def bleu(output, references, **options):
    return sentence_bleu(output, references, use_effective_order=True, **options).score / 100


def rouge(output, expected):
    score = RougeScorer(["rougeL"]).score(expected, output)["rougeL"]
    return {"precision": score.precision, "recall": score.recall, "f1": score.fmeasure}


def text_cases():
    for output, expected in TEXTS:
        yield {
            "output": output,
            "expected": expected,
            "distance": Levenshtein.distance(output, expected),
            "normalizedDistance": Levenshtein.normalized_distance(output, expected),
            "wordDistance": Levenshtein.distance(output.split(), expected.split()),
            "bleu": bleu(output, [expected]),
            "bleuIgnoreCase": bleu(output, [expected], lowercase=True),
            "bleuNone": bleu(output, [expected], tokenize="none"),
            "bleuCharacters": bleu(output, [expected], tokenize="char"),
            "chrf": sentence_chrf(output, [expected]).score / 100,
            "chrfPlusPlus": sentence_chrf(output, [expected], word_order=2).score / 100,
            "chrfBeta1": sentence_chrf(output, [expected], beta=1).score / 100,
            "rougeLAscii": rouge(output, expected),
        }


def reference_cases():
    for output, references in REFERENCES:
        yield {
            "output": output,
            "expected": references,
            "bleu": bleu(output, references),
            "chrf": sentence_chrf(output, references).score / 100,
            "rougeLAscii": max(rouge(output, reference)["f1"] for reference in references),
        }


def retrieval_cases():
    for _ in range(60):
        ids = [f"d{index}" for index in range(rng.randint(3, 12))]
        output = rng.sample(ids, rng.randint(1, len(ids)))
        grades = {one: rng.choice([0, 0, 1, 2, 3]) for one in ids}
        if not any(grades.values()):
            grades[ids[0]] = 1
        k = rng.randint(1, len(output))
        relevant = [one for one in ids if grades[one] > 0]
        truth = [int(one in relevant) for one in ids]
        top = [int(one in output[:k]) for one in ids]
        # What was not retrieved ranks behind all that was.
        ranks = [len(output) - output.index(one) if one in output else -1 - ids.index(one) for one in ids]
        graded = numpy.array([[grades[one] for one in ids]])
        yield {
            "output": output,
            "relevant": relevant,
            "grades": grades,
            "k": k,
            "precision": precision_score(truth, top),
            "recall": recall_score(truth, top),
            "ndcg": ndcg_score(graded, numpy.array([ranks]), k=k),
            "ndcgExponential": ndcg_score(2.0**graded - 1, numpy.array([ranks]), k=k),
        }


def list_cases():
    for _ in range(40):
        items = list("abcdefg")
        output, expected = rng.sample(items, rng.randint(1, 5)), rng.sample(items, rng.randint(1, 5))
        both = MultiLabelBinarizer(classes=items).fit_transform([expected, output])
        case = {"output": output, "expected": expected}
        for beta in (1, 2):
            precision, recall, f, _support = precision_recall_fscore_support(both[0], both[1], beta=beta, average="binary", zero_division=0)
            case |= {"precision": precision, "recall": recall, f"f{beta}": f}
        yield case


DRAFTS = {
    "http://json-schema.org/draft-06/schema#": Draft6Validator,
    "http://json-schema.org/draft-07/schema#": Draft7Validator,
    "https://json-schema.org/draft/2019-09/schema": Draft201909Validator,
    "https://json-schema.org/draft/2020-12/schema": Draft202012Validator,
}
PERSON = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string", "minLength": 1}, "age": {"type": "integer", "minimum": 0}, "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True}},
    "additionalProperties": False,
}
SCHEMAS = [
    PERSON,
    {"type": "number", "multipleOf": 0.5, "exclusiveMaximum": 10},
    {"anyOf": [{"type": "string", "pattern": "^a"}, {"type": "array", "maxItems": 2, "contains": {"const": 1}}]},
    {"oneOf": [{"type": "integer"}, {"minimum": 2}]},
    {"not": {"enum": [None, "x", {"a": [1]}]}},
    {"definitions": {"node": {"type": "object", "properties": {"next": {"$ref": "#/definitions/node"}}, "required": ["value"]}}, "$ref": "#/definitions/node"},
    {"type": "object", "propertyNames": {"pattern": "^[a-z]+$"}, "minProperties": 1, "patternProperties": {"^n": {"type": "null"}}},
    {"type": "string", "minLength": 2, "maxLength": 2},
]
NEW_SCHEMAS = [
    {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": False},
    {"type": "object", "properties": {"a": True}, "unevaluatedProperties": False, "allOf": [{"properties": {"b": {"type": "integer"}}}]},
    {"type": "object", "dependentRequired": {"card": ["address"]}},
]
VALUES = [
    None, True, 0, 1, 1.0, 1.5, 9.75, 10, -1, "", "a", "ab", "x", "👍👍", [], [1], [1, "a"], [1, "a", 2], ["a", "a"], {}, {"a": [1]}, {"a": 1, "b": 2}, {"a": 1, "b": "x"}, {"a": 1, "c": 2},
    {"name": "Ada"}, {"name": ""}, {"name": "Ada", "age": 36.0, "tags": ["x"]}, {"name": "Ada", "tags": ["x", "x"]}, {"name": "Ada", "more": 1},
    {"value": 1, "next": {"value": 2}}, {"value": 1, "next": {"next": {}}}, {"n": None}, {"n": 1}, {"N": None}, {"card": 1}, {"card": 1, "address": 2},
]


def schema_cases():
    for draft, validator in DRAFTS.items():
        for schema in SCHEMAS + (NEW_SCHEMAS if "2020" in draft else []):
            full = {"$schema": draft, **schema}
            yield {"schema": full, "values": [{"value": value, "valid": validator(full).is_valid(value)} for value in VALUES]}


def classification_cases():
    for classes in (["yes", "no"], ["a", "b", "c", "d"]):
        for _ in range(10):
            expected, output = (rng.choices(classes, k=rng.randint(5, 40)) for _ in range(2))
            size = min(len(expected), len(output))
            expected, output = expected[:size], output[:size]
            case = {"expected": expected, "output": output, "positive": classes[0]}
            for average in ("macro", "micro", "weighted"):
                precision, recall, f, _support = precision_recall_fscore_support(expected, output, average=average, zero_division=0)
                case[average] = {"precision": precision, "recall": recall, "f": f}
            precision, recall, f, _support = precision_recall_fscore_support(expected, output, beta=0.5, labels=[classes[0]], average="macro", zero_division=0)
            case["positiveHalf"] = {"precision": precision, "recall": recall, "f": f}
            yield case


def correlation_cases():
    for size in (3, 5, 12, 50):
        for ties in (False, True):
            a = [rng.randint(0, 4) if ties else rng.gauss(0, 1) for _ in range(size)]
            b = [x + rng.choice([0, 1, -2]) if ties else x + rng.gauss(0, 1) for x in a]
            if len(set(a)) < 2 or len(set(b)) < 2:
                continue
            yield {"a": a, "b": b, "pearson": pearsonr(a, b).statistic, "spearman": spearmanr(a, b).statistic}


PACKAGES = ["sacrebleu", "rouge-score", "scikit-learn", "rapidfuzz", "jsonschema", "scipy"]
golden = {
    "versions": {name: version(name) for name in PACKAGES},
    "texts": list(text_cases()),
    "references": list(reference_cases()),
    "retrieval": list(retrieval_cases()),
    "lists": list(list_cases()),
    "schemas": list(schema_cases()),
    "classification": list(classification_cases()),
    "correlation": list(correlation_cases()),
}
Path(__file__).with_name("golden.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1, default=float) + "\n")
