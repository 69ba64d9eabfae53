"""Writes pipeline/, train/ and detailed/: made-up but plausible records, two tasks and two seeds, for the tests of the
reports; detailed/ is one run of three tasks with everything that records of schema 2 can hold, pictures too.

Run it here: python3 make_fixtures.py [directory [layers epochs]]. The numbers come from a fixed seed, not from a training.
"""
import json
import math
import pathlib
import random
import struct
import sys
import zlib

OUT = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
NUM_EPOCHS = int(sys.argv[3]) if len(sys.argv) > 3 else 6
SEEDS = [0, 1]
TASKS = [{"name": name, "kind": "classification", "num_outputs": 10} for name in ("T1", "T2")]
NAMES = ["conv1", "bn1", "conv2", "bn2", "conv3", "bn3", "conv4", "bn4", "conv5", "bn5", "fc1", "fc2"]
SIZES = [160, 32, 4640, 64, 18496, 128, 36928, 128, 36928, 128, 73856, 8256]
HEAT = [0.5, 0.7, 0.8, 1.0, 1.3, 1.5, 1.2, 1.6, 2.4, 2.9, 3.1, 2.2]
if len(sys.argv) > 2:  # a network of the size of ResNet-18, for looking at
    count = int(sys.argv[2])
    NAMES = [f"layer{1 + i * 4 // count}.{i % 4 // 2}.{'conv' if i % 2 == 0 else 'bn'}{1 + i % 3}_{i}" for i in range(count)]
    SIZES = [3000 * (1 + i) if i % 2 == 0 else 128 for i in range(count)]
    HEAT = [0.4 + 2.6 * abs(math.sin(i / 6)) for i in range(count)]
THRESHOLDS = [0, -0.02, -0.1]
PAIRS = [["T1", "T2"]]
STEPS = 120
CHOSEN = 4
random.seed(7)


def cosines(mean, count):
    return [max(-1.0, min(1.0, random.gauss(mean, 0.12))) for _ in range(count)]


def block(values):
    histogram = [0] * 40
    for value in values:
        histogram[min(39, int((value + 1) * 20))] += 1
    return {"histogram": [histogram], "below": [[sum(v < s for v in values) for s in THRESHOLDS]]}


def total(blocks):
    return [sum(column) for column in zip(*(b["histogram"][0] for b in blocks))]


def header(kind, method, seed, tasks, parameters, epochs):
    return {"type": "run", "schema_version": 1, "version": "0.1.0", "dataset": "glyphs", "model": "small_cnn",
            "method": method, "kind": kind, "seed": seed, "tasks": tasks,
            "layers": [{"name": n, "size": s} for n, s in zip(NAMES, SIZES)], "thresholds": THRESHOLDS,
            "parameters": parameters, "megabytes": parameters * 4 / 1e6, "epochs": epochs, "steps_per_epoch": STEPS,
            "batch_size": 128, "threads": 2}


def write(path, records):
    path.mkdir(parents=True, exist_ok=True)
    (path / "run.jsonl").write_text("".join(json.dumps(r, separators=(",", ":")) + "\n" for r in records))


def accuracy(final, epoch, epochs):
    return round(final - 0.25 * math.exp(-3.5 * epoch / epochs) + random.gauss(0, 0.002), 4)


def run(path, kind, method, seed, finals, parameters, step_seconds, mean_cosine=None, layers=False, epochs=NUM_EPOCHS):
    """Writes one run.jsonl and returns its RUN of the summary."""
    tasks = [task for task in TASKS if task["name"] in finals]
    records = [header(kind, method, seed, tasks, parameters, epochs)]
    wholes = []
    for epoch in range(1, epochs + 1):
        record = {"type": "epoch", "epoch": epoch, "step": epoch * STEPS, "seconds": step_seconds * STEPS,
                  "seconds_per_step": step_seconds, "learning_rate": 0.001,
                  "train": {t: {"loss": round(2.2 * math.exp(-0.5 * epoch) + 1.1 - f, 4)} for t, f in finals.items()},
                  "validation": {t: {"accuracy": accuracy(f, epoch, epochs)} for t, f in finals.items()}}
        if mean_cosine is not None:
            wholes.append(block(cosines(mean_cosine, STEPS)))
            record["conflict_share"] = wholes[-1]["below"][0][0] / STEPS
        records.append(record)
        if layers:
            drift = 1 - 0.3 * epoch / epochs
            records.append({"type": "conflict", "epoch": epoch, "iterations": STEPS, "pairs": PAIRS, "whole": wholes[-1],
                            "layers": [{"name": n, **block(cosines(0.12 - 0.07 * h * drift, STEPS))}
                                       for n, h in zip(NAMES, HEAT)]})
    last = {t: {"accuracy": round(f + random.gauss(0, 0.001), 4)} for t, f in finals.items()}
    best = {"epoch": epochs - 1, "test": {t: {"accuracy": round(m["accuracy"] + 0.0005, 4)} for t, m in last.items()}}
    seconds = step_seconds * STEPS * epochs
    records.append({"type": "end", "test": last, "best": {**best, "validation": best["test"]}, "seconds": seconds})
    write(OUT / path, records)
    conflict = None
    if wholes:
        steps = STEPS * len(wholes)
        conflict = {"share": sum(w["below"][0][0] for w in wholes) / steps,
                    "severe_share": sum(w["below"][0][1] for w in wholes) / steps,
                    "histogram": [total(wholes)], "pairs": PAIRS}
    return {"path": path.removeprefix("pipeline/"), "kind": kind, "method": method,
            "task": tasks[0]["name"] if kind == "single" else None, "seed": seed, "parameters": parameters,
            "megabytes": parameters * 4 / 1e6, "macs": 4.1e6 * parameters / BASE, "seconds_per_step": step_seconds,
            "seconds": seconds, "epochs": epochs, "last": last, "best": best, "conflict": conflict}


def statistic(values):
    mean = sum(values) / len(values)
    sd = math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1)) if len(values) > 1 else None
    return {"mean": round(mean, 6), "sd": sd if sd is None else round(sd, 6), "n": len(values)}


def row(label, kind, method, runs, single):
    def per_task(pick):
        return {t["name"]: {"accuracy": statistic([pick(r)[t["name"]]["accuracy"] for r in runs if t["name"] in pick(r)])}
                for t in TASKS}

    deltas = [100 * sum(r["last"][t]["accuracy"] / single[t] - 1 for t in single) / len(single)
              for r in runs if kind != "single"]
    share = {key: statistic([r["conflict"][key] for r in runs]) if runs[0]["conflict"] else None
             for key in ("share", "severe_share")}
    scale = len(TASKS) if kind == "single" else 1
    return {"label": label, "kind": kind, "method": None if kind == "single" else method, "parameters": scale * runs[0]["parameters"],
            "megabytes": scale * runs[0]["megabytes"], "macs": scale * runs[0]["macs"],
            "seconds_per_step": runs[0]["seconds_per_step"], "metrics": per_task(lambda r: r["last"]),
            "best_metrics": per_task(lambda r: r["best"]["test"]), "delta_m": statistic(deltas) if deltas else None,
            "delta_m_flat": statistic([-d for d in deltas]) if deltas else None,
            "severe_share": share["severe_share"], "conflict_share": share["share"]}


BASE = sum(SIZES) + 1300
order = sorted(range(len(NAMES)), key=lambda i: -HEAT[i])
ranking = [{"layer": NAMES[i], "score": round(150 * HEAT[i] - 40 * (HEAT[i] < 1)), "parameters": SIZES[i]} for i in order]
chosen = {entry["layer"] for entry in ranking[:CHOSEN]}
costs, parameters = [], BASE
for k in range(len(NAMES) + 1):
    if k:
        parameters += ranking[k - 1]["parameters"]
    fork = next((n for n in NAMES if n in {e["layer"] for e in ranking[:k]}), None)
    share = 0 if fork is None else (len(NAMES) - NAMES.index(fork)) / len(NAMES)
    costs.append({"k": k, "layer": ranking[k - 1]["layer"] if k else "", "parameters": parameters,
                  "megabytes": parameters * 4 / 1e6, "macs": round(4.1e6 * (1 + share)), "fork": fork})
split = costs[CHOSEN]["parameters"]

runs = [run(f"pipeline/single-{t}/seed-{s}", "single", "sum", s, {t: f}, BASE, 0.02)
        for t, f in (("T1", 0.962), ("T2", 0.951)) for s in SEEDS]
runs.append(run("pipeline/search", "search", "sum", 0, {"T1": 0.93, "T2": 0.92}, BASE, 0.05, 0.03, True, max(4, NUM_EPOCHS // 2)))
joint = [("Sum", "base", "sum", {"T1": 0.951, "T2": 0.934}, BASE, 0.031, 0.03),
         ("Sum + Recon", "recon", "sum", {"T1": 0.959, "T2": 0.945}, split, 0.042, 0.12),
         ("CAGrad", "base", "cagrad(c=0.2)", {"T1": 0.953, "T2": 0.938}, BASE, 0.046, 0.04),
         ("CAGrad + Recon", "recon", "cagrad(c=0.2)", {"T1": 0.961, "T2": 0.949}, split, 0.058, 0.14)]
grouped = {}
for label, kind, method, finals, size, seconds, cosine in joint:
    stem = f"{kind}-{method.split('(')[0]}"
    grouped[label] = [run(f"pipeline/{stem}/seed-{s}", kind, method, s, finals, size, seconds, cosine) for s in SEEDS]
    runs += grouped[label]

singles = [r for r in runs if r["kind"] == "single"]
single = {t["name"]: statistic([r["last"][t["name"]]["accuracy"] for r in singles if r["task"] == t["name"]])["mean"]
          for t in TASKS}
rows = [row("Single-task", "single", "sum", singles, single)]
rows += [row(label, kind, method, grouped[label], single) for label, kind, method, *_ in joint]
(OUT / "pipeline" / "summary.json").write_text(json.dumps({
    "schema_version": 1, "version": "0.1.0", "name": "glyphs-demo",
    "command": "reconcile recon experiments/demo.toml --set train.epochs=6", "dataset": "glyphs",
    "fingerprint": {"train": {"samples": 15360, "crc32": "1c291ca3"}, "test": {"samples": 4000, "crc32": "9ae16a3b"}},
    "model": "small_cnn", "tasks": TASKS, "seeds": SEEDS,
    "config": {"data": {"name": "glyphs", "batch_size": 128}, "train": {"epochs": 6, "learning_rate": 0.001},
               "recon": {"methods": ["sum", "cagrad(c=0.2)"], "plan": f"top_k(k={CHOSEN})"}},
    "protocol": "test metrics of the last epoch; best epoch chosen on the held-out validation split",
    "severe_threshold": -0.02, "search": {"method": "sum", "epochs": 4, "threshold": -0.1, "window": [1, 4]},
    "ranking": ranking,
    "plan": {"rule": f"top_k(k={CHOSEN})", "layers": [n for n in NAMES if n in chosen],
             "fork": next(n for n in NAMES if n in chosen)},
    "costs": costs, "runs": runs, "rows": rows}, indent=1) + "\n")

run("train", "train", "cagrad(c=0.2)", 3, {"T1": 0.952, "T2": 0.937}, BASE, 0.046, 0.04, True, 3)


def png(colour, size=12):
    """A plain square as the bytes of a PNG file."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    rows = b"".join(b"\0" + bytes(colour) * size for _ in range(size))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def detailed():
    tasks = [{"name": "shape", "kind": "classification", "num_outputs": 3}, {"name": "seg", "kind": "segmentation", "num_outputs": 2},
             {"name": "depth", "kind": "depth", "num_outputs": 1}]
    names = [task["name"] for task in tasks]
    pairs = [["shape", "seg"], ["shape", "depth"], ["seg", "depth"]]
    records = [{**header("train", "cagrad(c=0.2)", 0, tasks, BASE, 4), "schema_version": 2, "precision": "float32"}]
    for epoch in range(1, 5):
        whole = {"histogram": [block(cosines(mean, STEPS))["histogram"][0] for mean in (0.1, -0.05, 0.02)],
                 "below": [[30, 20, 5]] * 3, "cosine": [0.1, -0.05 * epoch, 0.02]}
        records.append({"type": "conflict", "epoch": epoch, "iterations": STEPS, "pairs": pairs, "whole": whole, "layers": [
            {"name": n, **block(cosines(0, STEPS)), "cosine": [0.1, -0.1, 0]} for n in NAMES[:3]]})
        weight = {t: round(1 + 0.2 * i / epoch, 4) for i, t in enumerate(names)}
        records.append({
            "type": "epoch", "epoch": epoch, "step": epoch * STEPS, "seconds": 3.0, "seconds_per_step": 0.02,
            "learning_rate": 0.01 if epoch < 3 else 0.001,
            "train": {t: {"loss": round(2 / epoch, 4), "weight": w, "weight_min": w / 2, "weight_max": w * 1.5} for t, w in weight.items()},
            "validation": {"shape": {"accuracy": 0.7, "loss": 1.1}, "seg": {"miou": 0.5, "loss": 0.9}, "depth": {"abs_err": 0.2, "loss": 0.2}},
            "gradients": {"norms": {t: {"mean": 10.0 ** -i, "min": 10.0 ** -i / 3, "max": 10.0 ** -i * 4} for i, t in enumerate(names)},
                          "progress": {t: {"mean": 0.5 - 0.2 * i, "up": 0.1 * i} for i, t in enumerate(names)},
                          "condition": {"median": 3.0 * epoch, "max": "inf" if epoch == 2 else 40.0 * epoch}},
            "skipped": 2 if epoch == 2 else 0, "fallbacks": {"mean": 3}, "conflict_share": 0.3})
    records.append({"type": "end", "test": {"shape": {"accuracy": 0.75}, "seg": {"miou": 0.55}, "depth": {"abs_err": 0.19}},
                    "best": None, "seconds": 12.0, "confusion": {"shape": [[8, 1, 1], [0, 10, 0], [4, 2, 4]], "seg": [[900, 100], [250, 750]]}})
    folder = OUT / "detailed"
    write(folder, records)
    (folder / "pictures").mkdir(exist_ok=True)
    samples = []
    for i in range(2):
        def picture(name, colour):
            (folder / "pictures" / f"{i}-{name}.png").write_bytes(png(colour))
            return f"pictures/{i}-{name}.png"
        shown = {t: {"truth": picture(f"{t}-truth", (40, 90 * i, 200)), "prediction": picture(f"{t}-prediction", (60, 90 * i, 180)),
                     **({} if t == "shape" else {"error": picture(f"{t}-error", (20, 0, 60))}), "score": 0.5 + 0.1 * i} for t in names}
        samples.append({"sample": 7 * i, "input": picture("input", (128, 128, 128)), "tasks": shown})
    (folder / "pictures.json").write_text(json.dumps({"samples": samples}, indent=1) + "\n")


detailed()
