"""Measurements: variants take turns, medians and ratios are taken, records are written and tables printed.

A record is one JSON object a line in RESULTS/SUITE-CASE.jsonl: suite, case, variant, ms (median), ms_min, ms_max,
rounds, ratios {baseline: ms over the baseline's ms}, peak_fraction (of what the machine reached in the same run),
threads, small (a trial that tells nothing), cpu, versions, date, load (others' at the start), and what the program said
besides.
"""
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys

UNITS = {"flop": "peak sgemm", "bytes": "peak read"}


def chosen(cases, names, others=()):
    """The cases that were asked for by name, or all; `others` are names of other suites' cases."""
    unknown = set(names or ()) - set(cases) - set(others)
    if unknown:
        sys.exit(f"script/bench: no case {', '.join(sorted(unknown))}: {', '.join([*cases, *others])}")
    return {name: cases[name] for name in cases if not names or name in names}


def take_turns(measures, rounds):
    """{name: function that returns {"ms": ...}} -> {name: [answer ...]}; the first answer of each does not count.

    Every other round goes backwards, so that nobody always follows the same one.
    """
    answers = {name: [] for name in measures}
    for turn in range(rounds + 1):
        for name in list(measures) if turn % 2 == 0 else reversed(measures):
            answer = measures[name]()
            if turn > 0:
                answers[name].append(answer)
    return answers


def median_ms(answers):
    return median(answer["ms"] for answer in answers)


def median(values):
    return statistics.median(values)


def peak_rates(answers):
    """{"flop": a ms, "bytes": a ms} of what the machine reached."""
    return {
        unit: statistics.median(a[unit] / a["ms"] for a in answers[name])
        for unit, name in UNITS.items()
        if answers.get(name)
    }


def peak_fraction(answers, peaks):
    """The larger share of the two peaks, or None."""
    shares = [
        answers[0][unit] / median_ms(answers) / peaks[unit] for unit in UNITS if unit in answers[0] and unit in peaks
    ]
    return max(shares) if shares else None


def make_records(answers, baselines_of):
    """One record a variant. `baselines_of(name)` -> {label: variant} with which it is compared."""
    peaks = peak_rates(answers)
    records = []
    for name, given in answers.items():
        times = [answer["ms"] for answer in given]
        record = {
            "variant": name,
            "ms": statistics.median(times),
            "ms_min": min(times),
            "ms_max": max(times),
            "rounds": len(times),
            "ratios": {
                label: statistics.median(times) / median_ms(answers[base])
                for label, base in baselines_of(name).items()
                if base in answers
            },
        }
        share = peak_fraction(given, peaks)
        if share is not None:
            record["peak_fraction"] = share
        records.append({**given[-1], **record})
    return records


def step_baselines(variant):
    """The joint step of ours, PyTorch's of the same method; for one that records also that without, and the loop."""
    if variant.startswith("PyTorch: "):
        return {"PyTorch's sum": "PyTorch: sum"}
    if variant.startswith("peak "):
        return {}
    found = {"joint": "sum", "PyTorch": f"PyTorch: {variant.split(', ')[0]}"}
    if variant.endswith(" + recorder"):
        found |= {"unrecorded": variant.removesuffix(" + recorder"), "per-layer loop": "per-layer loop"}
    return found


def with_flop(answers):
    """PyTorch's steps do the arithmetic of ours."""
    for name, given in answers.items():
        method = name.removeprefix("PyTorch: ")
        if method != name and method in answers:
            answers[name] = [{**answer, "flop": answers[method][0]["flop"]} for answer in given]
    return answers


def step_records(answers):
    return make_records(with_flop(answers), step_baselines)


def cpu_name():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return "unknown"


def commit():
    found = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, cwd=pathlib.Path(__file__).parent
    )
    return found.stdout.strip() or "unknown"


def context(options, versions):
    """What every record says of where and when it was made."""
    return {
        "threads": options.threads,
        "small": options.small,
        "cpu": cpu_name(),
        "cores": os.cpu_count(),
        "versions": {"reconcile": commit(), **versions},
        "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "load": os.getloadavg()[0],
    }


def write(folder, suite, case, records, about):
    """Replaces what was known of the case."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({"suite": suite, "case": case, **record, **about}) for record in records]
    (folder / f"{suite}-{case}.jsonl").write_text("\n".join(lines) + "\n")


def read(folder):
    """All records, file by file."""
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text().splitlines()]


def table(title, records, extra=()):
    """Text: variant, ms, ratios against every baseline, share of the peak, and the fields named in `extra`."""
    baselines = list(dict.fromkeys(label for record in records for label in record["ratios"]))
    rows = [["", "ms", "min", "max", *(f"/ {label}" for label in baselines), "of peak", *extra]]
    for record in records:
        rows.append(
            [
                record["variant"],
                *(f"{record[field]:.4g}" for field in ("ms", "ms_min", "ms_max")),
                *(number(record["ratios"].get(label), "{:.3f}x") for label in baselines),
                number(record.get("peak_fraction"), "{:.1%}"),
                *(number(record.get(field), "{:.4g}") for field in extra),
            ]
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))
        )
        for row in rows
    ]
    return "\n".join([f"== {title}"] + [line.rstrip() for line in lines]) + "\n"


def number(value, form):
    return "" if value is None else form.format(value)
