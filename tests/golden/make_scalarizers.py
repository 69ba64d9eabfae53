#!/usr/bin/python3
"""Writes scalarizers.json: what every scalarizer must give in short runs, computed without any of our C++.

Run: /usr/bin/python3 tests/golden/make_scalarizers.py   (needs mpmath; Debian package python3-mpmath)

Each method is its formula for the value, with 50 digits; weights and parameter gradients are numeric derivatives of that
value. Rows marked "LibMTL" are what LibMTL's and GeMTL's own classes gave each decoder on a toy problem (libmtl_toy.json,
6 decimals; a model of ours is not needed for that). Left out there: what they report as weights, which is often wrong, and
traces that come from their known defects (LSBwD from its third epoch on; FAMO's logits are their own, set before each step).
"""
import itertools
import json
import pathlib

from mpmath import mp, mpf

from exact import Rng
from scalarizer_methods import METHODS, mean, normal

HERE = pathlib.Path(__file__).parent

OPTIONS = {
    "constant": [{}, {"weights": [0.25, 3, 1]}],
    "uw": [{}, {"start": -0.5}],
    "dwa": [{}, {"temperature": 0.3}],
    "lsb": [{}, {"difficulty": False}],
    "gemtl": [{}, {"p": 2, "p_end": 2}, {"p": 1e-12, "p_end": 1e-12}, {"p": -1e-7, "p_end": -1e-7}, {"p": -40, "p_end": 0},
              {"p": 0, "p_end": 0}],
    "gemtl_spread": [{}, {"offset": 1, "factor": -3, "power": 1 / 3}, {"offset": -1, "factor": 2}],
    "stch": [{}, {"warmup_epochs": 0, "mu": 0.25}, {"form": "fixed", "mu": 0.5},
             {"form": "fixed", "preference": [1, 2, 0.5], "reference": [0.5, -1, 0]}],
    "pbi": [{}, {"theta": 0}, {"theta": 1, "preference": [1, 2, 0.5], "reference": [0.05, -1, 0]}],
    "cosmos": [{}, {"lambda": 8, "preference": [0.5, 0.3, 0.2]}],
    "famo": [{}, {"lr": 0.1, "weight_decay": 0.01, "min_losses": [0.05, -1, 0]}],
    "amtl": [{"potentials": [0.6473, 4.0947, 0.2173]}, {"normalize": "sum", "momentum": 0.5, "focus": 0.5, "margin": 0.15}],
    "go4align": [{}, {"num_groups": 3}, {"num_groups": 1, "step": 0.1}, {"step": 0.5}],
    "ldc_mtl": [{}, {"lambda": 1}],
}
CASES = [("one task", [0.7]), ("two tasks", [0.8, 2.5]), ("three tasks", [0.8, 2.5, 0.1]), ("equal", [1.5, 1.5, 1.5]),
         ("duplicates", [0.3, 2, 0.3, 2]), ("seven tasks", [0.4, 1.1, 0.9, 3, 0.2, 0.5, 2.2]),
         ("12 decades", [1e-6, 1e-3, 1, 1e3, 1e6]), ("60 decades", [1e-30, 1, 1e30])]
STEPS_PER_EPOCH, EPOCHS = 2, 6
WITH_MEMORY = ("rlw", "dwa", "lsb", "stch", "famo", "amtl", "go4align")  # whose every step is looked at


def derivative(function):
    """At 0, of a smooth function of one number."""
    h = mpf(10) ** -200
    with mp.workdps(600):
        return (function(h) - function(-h)) / (2 * h)


def changed(values, t, value):
    return [value if i == t else v for i, v in enumerate(values)]


def weights_of(method, l):
    return [derivative(lambda e: method.value(changed(l, t, l[t] * (1 + e)))) / l[t] for t in range(len(l))]


def parameter_gradient(method, l):
    s = method.s
    result = []
    for t in range(len(s)):
        def at(e):
            method.s = changed(s, t, s[t] + e)
            return method.value(l)
        result.append(derivative(at))
    method.s = s
    return result


def trajectory(name, start, options, seed):
    method = METHODS[name](len(start), options, Rng(seed))
    noise = Rng(seed + 1)
    equal = len(set(start)) == 1
    last = STEPS_PER_EPOCH * EPOCHS - 1
    for k in range(last + 1):
        epoch_ends = (k + 1) % STEPS_PER_EPOCH == 0
        factors = [float(mp.exp(-0.05 * k + 0.3 * normal(noise))) for _ in start]
        floats = [a * b for a, b in zip(start, [factors[0]] * len(start) if equal else factors)]
        l = [mpf(v) for v in floats]
        step = {"step": k, "losses": floats}
        if method.parameters:
            step["set"] = {"s": [0.25 * k - 0.5 * t for t in range(len(l))] if k else [float(s) for s in method.s]}
            method.s = [mpf(s) for s in step["set"]["s"]]
        method.prepare(l, (k // STEPS_PER_EPOCH, k), EPOCHS, mpf(k) / last)
        step["value"], step["weights"] = method.value(l), weights_of(method, l)
        if method.parameters:
            step["parameter_gradient"] = parameter_gradient(method, l)
        method.finish(l, epoch_ends, EPOCHS)
        if name == "famo":
            step["after"] = [v * float(mp.exp(0.05 * normal(noise))) for v in floats]
            method.after_step([mpf(v) for v in step["after"]])
        if name == "amtl" and epoch_ends:
            step["achievements"] = [float(mp.exp(0.3 * normal(noise) - 0.5)) for _ in l]
            method.after_validation([mpf(v) for v in step["achievements"]])
        if name in WITH_MEMORY or k in (0, last):
            yield step


def fits(options, T):
    return all(len(v) == T for v in options.values() if isinstance(v, list))


def is_defined(name, case):
    """Kinks have no derivative, and 60 decades no second digit in a difference of losses."""
    kinked = {"pbi": ["one task", "equal"], "ldc_mtl": []}
    return case not in kinked.get(name, []) and not (case == "60 decades" and name in ("cosmos", "gemtl_spread"))


def absolute_tolerance(name, case):
    """A log of a sum near 1, and the rounding of a gradient that is 0."""
    return 1e-12 if name == "stch" else 1e-15 if (name, case) == ("ldc_mtl", "equal") else 0


def computed():
    for name in METHODS:
        for number, options in enumerate(OPTIONS.get(name, [{}])):
            for case, start in CASES:
                if fits(options, len(start)) and is_defined(name, case):
                    if case != "three tasks" and "min_losses" in options or case == "60 decades" and "reference" in options:
                        continue
                    yield {"scalarizer": name, "case": case, "options": options, "seed": 17 + number, "rtol": 1e-12,
                           "atol": absolute_tolerance(name, case), "steps_per_epoch": STEPS_PER_EPOCH, "epochs": EPOCHS,
                           "steps": list(trajectory(name, start, options, 17 + number))}


def constants():
    """The check values of GeMTL's formula."""
    l = [0.8, 2.5, 0.1]
    for p, value, weights in [(-0.5, 0.372898, (0.106079, 0.019202, 2.400291)), (0, 0.584804, (0.243668, 0.077974, 1.949345)),
                              (0.5, 0.866013, (0.346813, 0.196187, 0.980936)), (1, 1.133333, (1 / 3, 1 / 3, 1 / 3)),
                              (2, 1.516575, (0.175835, 0.549484, 0.021979))]:
        yield {"scalarizer": "gemtl", "case": f"check values, p = {p}", "options": {"p": p, "p_end": p}, "seed": 0,
               "rtol": 0, "atol": 1e-6, "steps_per_epoch": 1, "epochs": 1,
               "steps": [{"step": 0, "losses": l, "value": value, "weights": weights}]}


def libmtl():
    toy = json.loads((HERE / "libmtl_toy.json").read_text())
    L = toy["L"]

    def row(trace, name, options, steps, epochs=8):
        return {"scalarizer": name, "case": f"LibMTL's {trace}", "options": options, "seed": 0, "rtol": 1e-6, "atol": 1e-6,
                "steps_per_epoch": 1, "epochs": epochs, "steps": steps}

    def steps(trace, losses=lambda k: [v * (1 - 0.1 * k) for v in L], count=None):
        return [{"step": k, "losses": losses(k), "weights": step["decoder_grad"]}
                for k, step in enumerate(toy["methods"][trace]["steps"][:count])]

    for trace, name in [("EW", "sum"), ("Arithmetic", "mean"), ("GLS", "gls"), ("SI", "si"), ("SI_naive", "si"),
                        ("AMTL_without_val", "amtl"), ("AMTL_with_val_results_set", "amtl")]:
        yield row(trace, name, {}, steps(trace))
    for trace, name, options in [("UW", "uw", {"start": -0.5}), ("IMTL_L", "imtl_l", {})]:
        trace_steps = steps(trace)
        trace_steps[0]["parameter_gradient"] = toy["methods"][trace]["steps"][0]["loss_scale_grad"]
        yield row(trace, name, options, trace_steps)
    # Its p never moves from -0.5 + 1 / (20 steps of the run).
    yield row("GeMTL_as_shipped", "gemtl", {"p": -0.45, "p_end": -0.45}, steps("GeMTL_as_shipped"))
    for trace, options, count in [("LSBwoD", {"difficulty": False}, None), ("LSBwD", {}, 5)]:
        yield row(trace, "lsb", options, steps(trace, lambda k: L, count))
    # Mean losses of two epochs whose ratios are those of the trace, 0.9, 2/3 and 3/4.
    yield row("DWA", "dwa", {}, [{"step": 0, "losses": [1, 3, 4]}, {"step": 1, "losses": [0.9, 2, 3]},
                                 {"step": 2, "losses": L, "weights": toy["methods"]["DWA"]["steps"][0]["decoder_grad"]}])
    yield row("STCH", "stch", {}, [{"step": step["epoch"], "losses": step["L"], "weights": step["decoder_grad"]}
                                   for step in toy["methods"]["STCH"]["steps"]])
    famo, logits = steps("FAMO"), [0.0, 0.0, 0.0]
    for step, trace_step in zip(famo, toy["methods"]["FAMO"]["steps"]):
        step["set"] = {"logits": logits}
        logits = trace_step["famo_logits_after"]
    yield row("FAMO", "famo", {}, famo)


def plain(value):
    """mpf as the nearest double."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return float(value) if isinstance(value, mpf) else value


def main():
    lines = [json.dumps(plain(row)) for row in itertools.chain(constants(), libmtl(), computed())]
    path = HERE / "scalarizers.json"
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(f"{path}: {len(lines)} rows")


if __name__ == "__main__":
    main()
