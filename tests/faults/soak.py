#!/usr/bin/env python3
"""Memory, file handles and threads of a long run of the program, looked at from outside while it trains.

    tests/faults/soak.py [--steps 10000] [--seed S] [--only TEXT] [--program build/tools/reconcile/reconcile]

Run it after a build; it needs Python's standard library and Linux's /proc. Each run trains so many steps with checkpoints and
evaluations in between. Compared are the second tenth of the steps, when every buffer has been used, and the last: the most memory, and the
fewest handles and threads, for files are open and workers at work by the moment. Prints a Markdown table; exits with 1 if a run
holds 5 % more at its end, or more handles or threads.
"""
import pathlib
import time

from faults import SMALL, TINY_NETWORK, arguments, conclude, possible_here, scratch, settings, start, table

RUNS = possible_here({
    "small_cnn, sum": [*TINY_NETWORK, "conflict.record=false"],
    "small_cnn, pcgrad, conflicts recorded, 3 workers": [*TINY_NETWORK, "method=pcgrad", "train.workers=3"],
    "small_cnn, nashmtl, Adam, bfloat16": [*TINY_NETWORK, "method=nashmtl", "optimizer.name=adam", "optimizer.lr=0.001",
                                           "train.precision=bfloat16"],
})
STEPS_PER_EPOCH = 20


def look(process):
    """(resident MB, peak MB, handles, threads), or nothing if the program has ended."""
    place = pathlib.Path(f"/proc/{process.pid}")
    try:
        status = dict(line.split(":\t", 1) for line in (place / "status").read_text().splitlines() if ":\t" in line)
        megabytes = [int(status[key].split()[0]) / 1024 for key in ("VmRSS", "VmHWM")]
        return *megabytes, len(list((place / "fd").iterdir())), int(status["Threads"])
    except (OSError, KeyError):
        return None


def held(rows, begin, end):
    """Most MB, fewest handles and fewest threads that were seen between two shares of the steps."""
    megabytes, _, handles, threads = zip(*(seen for share, seen in rows if begin <= share < end))
    return max(megabytes), min(handles), min(threads)


def soak(program, name, sets, steps):
    epochs = steps // STEPS_PER_EPOCH
    rows = []  # (share of the steps, what was seen)
    with scratch() as scratch_name:
        folder = pathlib.Path(scratch_name)
        (folder / "small.toml").write_text(SMALL)
        words = ["train", "small.toml", "--out", "run", *settings(sets), *settings(
            [f"train.epochs={epochs}", f"data.train_samples={16 * STEPS_PER_EPOCH}", "train.checkpoint_every=10",
             "train.evaluate_every=5"])]
        process = start(program, words, folder)
        log = folder / "run/seed-3/metrics.csv"
        while process.poll() is None:
            seen = look(process)
            if seen and log.exists():
                rows.append(((len(log.read_bytes().splitlines()) - 1) / epochs, seen))
            time.sleep(0.1)
        _, said = process.communicate()
    if process.returncode != 0:
        return None, [f"{name}: ended with {process.returncode}: {said[-300:]}"]
    early, last, end = held(rows, 0.1, 0.2), held(rows, 0.9, 1.0), rows[-1][1]
    problems = []
    if last[0] > 1.05 * early[0]:
        problems.append(f"{name}: {early[0]:.1f} MB became {last[0]:.1f} MB")
    for what, early_count, count in (("handles", early[1], last[1]), ("threads", early[2], last[2])):
        if count > early_count:
            problems.append(f"{name}: {early_count} {what} became {count}")
    row = [name, epochs * STEPS_PER_EPOCH, f"{early[0]:.1f}", f"{last[0]:.1f}", f"{end[0]:.1f}", f"{end[1]:.1f}",
           f"{early[1]}, {last[1]}", f"{early[2]}, {last[2]}"]
    return row, problems


def main():
    options = arguments(__doc__, 0, steps=10000)
    results = [soak(options.program, name, sets, int(options.steps)) for name, sets in RUNS.items() if options.only in name]
    print(table(["run", "steps", "MB in the second tenth", "MB in the last tenth", "MB at the end of the run",
                 "peak MB", "handles", "threads"], [row for row, _ in results if row]))
    conclude([problem for _, problems in results for problem in problems])


if __name__ == "__main__":
    main()
