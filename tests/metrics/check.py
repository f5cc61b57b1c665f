"""Parses the metrics in both formats, and sees that both say the same, that histograms are sound, and that alerts,
dashboard and documentation name series and labels that exist. Called by check.sh.
    usage: check.py PROMETHEUS OPENMETRICS ALERTS DASHBOARD DOCUMENT
"""

import json
import re
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_prometheus

# Of Prometheus itself, of the scrape, and words of queries that look like labels.
FOREIGN = {"up"}
FOREIGN_LABELS = {"instance", "job", "le"}

problems = []


def problem(text):
    problems.append(text)


def read(name):
    with open(name, encoding="utf-8") as file:
        return file.read()


def values_of(families):
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in families for sample in family.samples}


def check_histogram(family):
    series = {}
    for sample in family.samples:
        labels = dict(sample.labels)
        bound = labels.pop("le", None)
        one = series.setdefault(tuple(sorted(labels.items())), {"buckets": []})
        if bound is not None:
            one["buckets"].append((float(bound), sample.value))
        else:
            one[sample.name.removeprefix(family.name)] = sample.value
    for labels, one in series.items():
        buckets = one["buckets"]
        if buckets != sorted(buckets) or [v for _, v in buckets] != sorted(v for _, v in buckets):
            problem(f"{family.name}{labels}: the buckets do not ascend")
        if buckets[-1][0] != float("inf") or buckets[-1][1] != one["_count"]:
            problem(f"{family.name}{labels}: the last bucket is not all")
        if "_sum" not in one:
            problem(f"{family.name}{labels}: there is no sum")


def check_query(where, query, labels_of):
    for name in re.findall(r"\b(?:overlap|process)_[a-z0-9_]+\b", query):
        if name not in labels_of:
            problem(f"{where}: there is no series {name}")
    # NAME{label="...", ...}: each label is one of that series.
    for name, selector in re.findall(r"\b([a-z_][a-z0-9_]*)\{([^{}]*)\}", query):
        for label in re.findall(r"([a-z_]+)\s*(?:=~|!~|!=|=)", selector):
            if name in labels_of and label not in labels_of[name] | FOREIGN_LABELS:
                problem(f"{where}: {name} has no label {label}")
            if name not in labels_of and name not in FOREIGN:
                problem(f"{where}: there is no series {name}")
    known = set().union(*labels_of.values()) | FOREIGN_LABELS
    for group in re.findall(r"\b(?:by|without|ignoring|on)\s*\(([^()]*)\)", query):
        for label in filter(None, (part.strip() for part in group.split(","))):
            if label not in known:
                problem(f"{where}: there is no label {label}")


def queries_of_alerts(text):
    """Without a YAML library: each rule's expression up to its next key."""
    for name, rule in re.findall(r"- alert: (\w+)\n(.*?)(?=\n      - alert:|\Z)", text, re.S):
        expression = re.search(r"expr: (.*?)\n        (?:for|labels):", rule, re.S).group(1)
        yield name, expression


def queries_of_dashboard(text):
    dashboard = json.loads(text)
    identities = [panel["id"] for panel in dashboard["panels"]]
    if len(identities) != len(set(identities)):
        problem("dashboard: panels share an id")
    taken = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        if place["x"] + place["w"] > 24:
            problem(f"dashboard: {panel['title']} is too wide")
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                 for y in range(place["y"], place["y"] + place["h"])}
        if cells & taken:
            problem(f"dashboard: {panel['title']} lies over another panel")
        taken |= cells
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["name"], variable["query"]["query"]


def check_document(text, families):
    documented = set(re.findall(r"^\| `([a-z0-9_]+)", text, re.M))
    for family in sorted(set(families) - documented):
        problem(f"METRICS.md does not explain {family}")
    for name in sorted(documented - set(families)):
        if name.startswith(("overlap_", "process_")):
            problem(f"METRICS.md explains {name}, which is not there")


def main():
    plain_name, open_name, alerts, dashboard, document = sys.argv[1:]
    open_families = list(parse_openmetrics(read(open_name)))
    plain_families = list(parse_prometheus(read(plain_name)))
    open_values, plain_values = values_of(open_families), values_of(plain_families)
    if set(open_values) != set(plain_values):
        problem(f"the formats differ: {sorted(set(open_values) ^ set(plain_values))[:5]}")
    if read(open_name) != read(open_name).strip() + "\n":
        problem("there is something after the end")

    labels_of = {}
    for name, labels in open_values:
        labels_of.setdefault(name, set()).update(label for label, _ in labels)
    for family in open_families:
        if not family.documentation:
            problem(f"{family.name}: no help")
        if family.type == "histogram":
            check_histogram(family)
        for sample in family.samples:
            if sample.name.endswith("_total") and sample.value < 0:
                problem(f"{sample.name}: a counter below zero")
    for name, query in queries_of_alerts(read(alerts)):
        check_query(f"alert {name}", query, labels_of)
    for title, query in queries_of_dashboard(read(dashboard)):
        check_query(f"panel {title}", query, labels_of)
    check_document(read(document), [shown_name(family) for family in open_families])

    for text in problems:
        print(text)
    if problems:
        return 1
    print(f"{len(open_families)} families, {len(open_values)} series; alerts, dashboard and document agree with them")
    return 0


def shown_name(family):
    """As a query names it."""
    return family.name + {"counter": "_total", "info": "_info"}.get(family.type, "")


if __name__ == "__main__":
    sys.exit(main())
