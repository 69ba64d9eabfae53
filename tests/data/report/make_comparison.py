"""Writes comparison/: made-up runs of three tasks to compare, and comparison/expected.json with what numpy and scipy make of them.

Run it here: python3 make_comparison.py. Nothing is shared with the program: formulas are those of docs/guide/comparing-runs.md.
"""
import json
import pathlib

import numpy as np
from scipy import stats

OUT = pathlib.Path(__file__).parent / "comparison"
TASKS = [{"name": "seg", "kind": "segmentation", "num_outputs": 7}, {"name": "depth", "kind": "depth", "num_outputs": 1},
         {"name": "scene", "kind": "classification", "num_outputs": 4}]
HIGHER = {"miou": True, "pixel_accuracy": True, "abs_err": False, "rel_err": False, "accuracy": True}
FINAL = {"seg": {"miou": 0.50, "pixel_accuracy": 0.80}, "depth": {"abs_err": 0.040, "rel_err": 0.20}, "scene": {"accuracy": 0.9}}
EPOCHS = 12
rng = np.random.default_rng(5)
# folder, method, learning rate, seeds, gain, noise
RUNS = [("joint/sum", "sum", 0.1, [0, 1, 2], -0.06, 0.004), ("joint/gls", "gls", 0.1, [0, 1, 2], 0.03, 0.004),
        ("other/pcgrad", "pcgrad", 0.1, [1, 2], -0.05, 0.03), ("other/one", "rlw", 0.1, [2], 0.01, 0.01),
        ("slow/sum", "sum", 0.01, [0, 1, 2], -0.12, 0.004)]


def metrics(tasks, gain, noise):
    return {t: {m: round(float(v * (1 + (gain + rng.normal(0, noise)) * (1 if HIGHER[m] else -1))), 6)
                for m, v in FINAL[t].items()} for t in tasks}


def write(folder, method, lr, seed, tasks, gain, noise):
    path = OUT / folder / f"seed-{seed}"
    path.mkdir(parents=True, exist_ok=True)
    records = [{"type": "run", "schema_version": 1, "version": "0.4.0", "dataset": "rooms", "model": "segnet", "method": method,
                "kind": "train", "seed": seed, "tasks": [t for t in TASKS if t["name"] in tasks], "layers": [], "thresholds": [],
                "parameters": 1000, "megabytes": 0.004, "epochs": EPOCHS, "steps_per_epoch": 5, "batch_size": 4}]
    for epoch in range(1, EPOCHS + 1):
        records.append({"type": "epoch", "epoch": epoch, "step": 5 * epoch, "seconds": 1.0, "seconds_per_step": 0.2,
                        "learning_rate": lr, "train": {t: {"loss": 1 / epoch} for t in tasks},
                        "validation": metrics(tasks, gain - 0.3 / epoch, noise)})
    last, best = metrics(tasks, gain, noise), metrics(tasks, gain + 0.002, noise)
    records.append({"type": "end", "test": last, "best": {"epoch": 9, "validation": best, "test": best}, "seconds": 12.0})
    (path / "run.jsonl").write_text("".join(json.dumps(r, separators=(",", ":")) + "\n" for r in records))
    (path / "config.toml").write_text(f"name = '{folder}'\nmethod = '{method}'\nseeds = [{seed}]\n[optimizer]\nlr = {lr}\n")
    validation = [r["validation"] for r in records if r["type"] == "epoch"]
    mean = {t: {m: np.mean([v[t][m] for v in validation[-10:]]) for m in FINAL[t]} for t in tasks}
    return {"last": last, "best": best, "validation_last": validation[-1], "validation_mean": mean}


def gains(values, single, task):
    return [(values[task][m] - single[task][m]) / single[task][m] * (1 if HIGHER[m] else -1) for m in FINAL[task]]


def summary(values):
    return {"mean": np.mean(values), "sd": np.std(values, ddof=1) if len(values) > 1 else None, "n": len(values)}


single = {seed: {} for seed in range(3)}
for seed in range(3):
    for task in FINAL:
        for protocol, values in write(f"alone/{task}", "sum", 0.1, seed, [task], 0, 0.003).items():
            single[seed].setdefault(protocol, {}).update(values)

contenders = {}
for folder, method, lr, seeds, gain, noise in RUNS:
    runs = {seed: write(folder, method, lr, seed, list(FINAL), gain, noise) for seed in seeds}
    contenders[folder] = {}
    for protocol in ("last", "best", "validation_last", "validation_mean"):
        of = {s: {t: gains(runs[s][protocol], single[s][protocol], t) for t in FINAL} for s in seeds}
        contenders[folder][protocol] = {
            "miou": {s: 100 * runs[s][protocol]["seg"]["miou"] for s in seeds},
            "delta_m": {s: 100 * np.mean([np.mean(of[s][t]) for t in FINAL]) for s in seeds},
            "delta_m_flat": {s: -100 * np.mean(sum(of[s].values(), [])) for s in seeds}}

expected = {"statistics": {}, "differences": {}}
for folder, protocols in contenders.items():
    expected["statistics"][folder] = {p: {q: summary(list(v.values())) for q, v in of.items()} for p, of in protocols.items()}
    if folder == "joint/sum":
        continue
    base, own = contenders["joint/sum"]["last"]["delta_m"], protocols["last"]["delta_m"]
    difference = [own[s] - base[s] for s in own if s in base]
    interval = (None, None)
    if len(difference) > 1:
        interval = stats.t.interval(0.95, len(difference) - 1, loc=np.mean(difference), scale=stats.sem(difference))
    expected["differences"][folder] = {"mean": np.mean(difference), "low": interval[0], "high": interval[1], "n": len(difference)}
expected["t"] = [[p, d, stats.t.ppf(p, d)] for p in (0.9, 0.95, 0.975, 0.995) for d in (1, 2, 3, 4, 5, 9, 10, 29, 100)]
(OUT / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
