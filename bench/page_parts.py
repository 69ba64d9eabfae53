"""The measured parts of docs/results/performance.md: records of some cases -> Markdown, and drawings by file name."""
import plot
from page_format import markdown, number, percent, percent_more, times

PRECISIONS = ("float32", "bfloat16x3", "bfloat16")
NETWORKS = ("resnet18", "segnet", "mobilenet", "celeba")


def by_variant(records):
    return {record["variant"]: record for record in records}


def without_peaks(records):
    return [record for record in records if not record["variant"].startswith("peak ")]


def peak_line(records):
    """What the machine reached in that run."""
    found = []
    for record in records:
        if record["variant"] == "peak sgemm":
            found.append(f"matrix product {number(record['flop'] / record['ms'] / 1e6)} GFLOP/s")
        if record["variant"] == "peak read":
            found.append(f"reading {number(record['bytes'] / record['ms'] / 1e6)} GB/s")
    return ", ".join(found)


def machine(records):
    """Where and when."""
    first = records[0]
    versions = ", ".join(f"{name} {version}" for name, version in first["versions"].items())
    return (
        f"{first['cpu']}, {first['cores']} cores, {first['threads']} threads; {first['date'][:10]}; {versions}; "
        f"load before: {first['load']:.1f}; in the same run: {peak_line(records)}.\n"
    ), {}


def against_pytorch(*cases):
    """Ours in every precision against the same step in PyTorch: how many times faster."""
    rows = []
    for records in cases:
        known = by_variant(records)
        for name, theirs in known.items():
            method = name.removeprefix("PyTorch: ")
            if method == name or method not in known:
                continue
            ours = [known.get(method if p == "float32" else f"{method}, {p}") for p in PRECISIONS]
            label = f"{records[0]['network']}, batch {records[0]['batch']}, T = {records[0]['tasks']}, `{method}`"
            rows.append(
                [label, number(theirs["ms"])]
                + [number(r and r["ms"]) for r in ours]
                + [times(r and theirs["ms"] / r["ms"]) for r in ours]
            )
    return (
        markdown(["step", "PyTorch ms", *(f"{p} ms" for p in PRECISIONS), *(f"{p}, faster" for p in PRECISIONS)], rows),
        {},
    )


def methods(records):
    """The variants of one network, over the joint step."""
    rows = [
        [
            f"`{r['variant']}`",
            number(r["ms"]),
            f"{number(r['ms_min'])} ... {number(r['ms_max'])}",
            times(r["ratios"].get("joint")),
            percent_more(r["ratios"].get("unrecorded")),
            times(r["ratios"].get("per-layer loop")),
            percent(r.get("peak_fraction")),
        ]
        for r in without_peaks(records)
        if not r["variant"].startswith("PyTorch")
    ]
    head = ["step", "ms", "least ... largest", "over joint", "recorder on top", "over the per-layer loop", "of peak"]
    return markdown(head, rows), {}


def split(records):
    rows = [
        [
            f"`{r['variant']}`",
            number(r["ms"]),
            times(r["ratios"].get("shared")),
            times(r["arithmetic"]),
            times(r["ratios"]["shared"] / r["arithmetic"]) if "shared" in r["ratios"] else "",
        ]
        for r in without_peaks(records)
    ]
    return markdown(["step", "ms", "time over shared", "arithmetic over shared", "time over arithmetic"], rows), {}


def aggregation(records):
    rows = [
        [f"`{r['variant']}`", number(r["ms"]), percent(r["share"])] for r in sorted(records, key=lambda r: -r["share"])
    ]
    first = records[0]
    step = f"a step by `mgda` takes {number(first['step_ms'])} ms"
    head = f"CelebA ResNet-18, T = {first['tasks']}, batch {first['batch']}, {step}.\n\n"
    return head + markdown(["aggregator", "ms", "of the step"], rows), {}


def memory(records):
    parts = ("program", "parameters", "momentum", "gradients", "rows", "activations")
    rows = [
        [f"`{r['method']}`, T = {r['tasks']}"]
        + [number(r["parts_mb"][part]) for part in parts]
        + [number(r["held_mb"]), number(r["peak_mb"]), number(r["peak_mb"] - r["held_mb"]), times(r["over_held"])]
        for r in records
    ]
    return markdown(["step", *parts, "sum", "peak", "beyond", "peak over sum"], rows), {}


def growth(file, field, title):
    """A table and a plot of steps over `field`."""

    def make(records):
        series = {}
        for r in records:
            if not r["method"].startswith("peak "):
                series.setdefault(r["method"], []).append((r[field], r["ms"]))
        names = list(series)
        values = sorted({x for points in series.values() for x, _ in points})
        rows = [[str(value)] + [number(dict(series[name]).get(value)) for name in names] for value in values]
        drawing = plot.chart(f"ms a step over {title}", title, "ms", series)
        return markdown(
            [title, *(f"`{name}` ms" for name in names)], rows
        ) + f"\n![ms a step over {title}]({file})\n", {file: drawing}

    return make


def parameters(records):
    """Rows alone: Gramian and combine over P, one line for each T."""
    shown = [r for r in records if r["method"] in ("gramian", "combine", "aggregate mgda")]
    rows = [
        [
            f"{r['parameters']:.0e}",
            str(r["tasks"]),
            f"`{r['method'].removeprefix('aggregate ')}`",
            number(r["ms"]),
            number(r["bytes"] / r["ms"] / 1e6),
            percent(r["peak_fraction"]),
        ]
        for r in shown
    ]
    series = {}
    for r in shown:
        if r["method"] == "aggregate mgda":
            series.setdefault(f"T = {r['tasks']}", []).append((r["parameters"], r["ms"]))
    drawing = plot.chart("ms of an aggregation over P", "P", "ms, Gramian + solve + combine", series)
    file = "performance-parameters.svg"
    return markdown(
        ["P", "T", "pass", "ms", "GB/s", "of reading"], rows
    ) + f"\n![ms of an aggregation over P]({file})\n", {file: drawing}


def passes(records):
    """The fused passes beside what they replace."""
    rows = [
        [f"`{r['variant']}`", number(r["ms"]), times(r["ratios"].get("naive")), percent(r.get("peak_fraction"))]
        for r in without_peaks(records)
        if r["variant"].startswith(("fused_", "naive_", "matrix_"))
    ]
    return f"In this run: {peak_line(records)}.\n\n" + markdown(["piece / T", "ms", "over naive", "of peak"], rows), {}


def kernels(records):
    """Forward and gradients of single layers: ms, and how many times LibTorch's speed."""
    table = {}
    for r in records:
        kind, _, rest = r["variant"].partition("/")
        if kind in ("convolution", "batch_norm"):
            layer, _, whose = rest.partition("/")
            table.setdefault(f"{kind}, {layer}", {})[whose] = r
    rows = []
    for layer, row in table.items():
        ours = [row.get(precision) for precision in PRECISIONS]
        rows.append(
            [
                layer,
                number(row["LibTorch"]["ms"]),
                *(number(r and r["ms"]) for r in ours),
                *(times(r and 1 / r["ratios"]["LibTorch"]) for r in ours),
                percent(row["float32"].get("peak_fraction")),
            ]
        )
    head = [
        "layer",
        "LibTorch ms",
        *(f"{p} ms" for p in PRECISIONS),
        *(f"{p}, faster" for p in PRECISIONS),
        "float32 of peak",
    ]
    return markdown(head, rows), {}


def solves(records):
    """Microseconds, one row a method."""
    table = {}
    for r in records:
        if r["variant"].startswith("solve/"):
            _, method, tasks = r["variant"].split("/")
            table.setdefault(method, {})[int(tasks)] = 1e3 * r["ms"]
    sizes = sorted({tasks for row in table.values() for tasks in row})
    rows = [[f"`{method}`"] + [number(row.get(tasks)) for tasks in sizes] for method, row in table.items()]
    return markdown(["microseconds", *(f"T = {tasks}" for tasks in sizes)], rows), {}


def aggregators(records):
    """Milliseconds, one row a method, one column for each P and T."""
    columns = list(dict.fromkeys((r["parameters"], r["tasks"]) for r in records))
    table = {}
    for r in without_peaks(records):
        table.setdefault(r["method"], {})[r["parameters"], r["tasks"]] = r["ms"]
    rows = [
        [f"`{method}`"] + [number(row.get(column)) for column in columns]
        for method, row in table.items()
        if not method.startswith("peak ")
    ]
    return markdown(["ms", *(f"P = {p:.1e}, T = {t}" for p, t in columns)], rows), {}


def loader(records):
    rows = [[r["variant"], number(r["samples_per_second"]), times(1 / r["ratios"]["DataLoader"])] for r in records]
    return markdown(["", "samples a second", "times PyTorch's best"], rows), {}


def end_to_end(*cases):
    rows = []
    for records in cases:
        for r in records:
            rows.append(
                [
                    f"{r['case']}, {r['variant']}",
                    number(r["ms"] / 1e3),
                    f"{r['reached']} of {r['rounds']}",
                    percent(r["threshold"]),
                    number(r["epochs"], 2),
                    number(r["ms_an_epoch"] / 1e3),
                    times(1 / r["ratios"]["PyTorch"]) if r["ratios"] else "",
                ]
            )
    return (
        markdown(
            [
                "training",
                "s to the accuracy",
                "runs that reached it",
                "accuracy of both tasks",
                "epochs",
                "s an epoch",
                "times faster",
            ],
            rows,
        ),
        {},
    )


PARTS = {
    "machine": ([("step", "resnet18")], machine),
    "against-pytorch": ([("step", name) for name in NETWORKS], against_pytorch),
    **{f"methods-{name}": ([("step", name)], methods) for name in (*NETWORKS, "resnet18-3")},
    "split": ([("step", "split")], split),
    "aggregation": ([("step", "aggregation")], aggregation),
    "memory": ([("step", "memory")], memory),
    "tasks": ([("step", "tasks")], growth("performance-tasks.svg", "tasks", "tasks")),
    "batch": ([("step", "batch")], growth("performance-batch.svg", "batch", "batch size")),
    "parameters": ([("step", "parameters")], parameters),
    "passes": ([("micro", "pieces")], passes),
    "kernels": ([("micro", "pieces")], kernels),
    "solves": ([("micro", "pieces")], solves),
    "aggregators": ([("micro", "aggregators")], aggregators),
    "loader": ([("micro", "loader")], loader),
    "end-to-end": ([("end-to-end", "lenet"), ("end-to-end", "resnet18")], end_to_end),
}
