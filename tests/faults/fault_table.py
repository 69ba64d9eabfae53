#!/usr/bin/env python3
"""Lets things go wrong around a run, one fault a row: what happened, what was left, and what --resume made of it.

    tests/faults/fault_table.py [--only TEXT] [--program build/tools/reconcile/reconcile]

Run it after a build; it needs Python's standard library only. Full and read-only disks are small tmpfs of its own, so they need
root; stepping clocks need Debian's package faketime; both rows say so where they are left out. After each fault the cause
is removed and the run continued: then every file but the clock's numbers must equal those of an undisturbed run.
Prints a Markdown table; exits with 1 if anything was not as it must be.
"""
import collections
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

from disturbances import (allow_writing, bring_back, clock_to, fill_disk, forbid_writing, free_disk, nothing, put_back,
                          read_only_disk, remove, second_run, small_disk, tell, truncate, writable_disk)
from faults import (SMALL, SOURCE, TINY_NETWORK, arguments, conclude, contents, differences, finish, for_all, run,
                    scratch, settings, start, table, wait_for)

FAKETIME = pathlib.Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
TRAIN = ["train", "small.toml", *settings([*TINY_NETWORK, "train.epochs=60"])]
RECON = ["recon", "small.toml", *settings([*TINY_NETWORK, "train.epochs=4"])]
FILES = ["train", "own/road.toml", *settings(["threads=1", "train.epochs=4", "train.batch_size=16"])]
CLOCK = "clock steps back 2 h and on 3 d; goes on after a restart of the machine"
BAD_NUMBER = "a target of 3e38 in one sample of one task"
# words: the command; when: the disturbance comes as soon as this is there, "" before the start; disturb, repair: take the
# folder and the process; status, says: what the program must end with and say.
Fault = collections.namedtuple("Fault", "name words when disturb repair status says left")


def faults(is_root):
    """The table's rows in order; those that need root are given as names alone without it."""
    checkpoint, later = "out/run/seed-3/run.jsonl", "out/run/seed-3/checkpoints/step-*12"
    full, free, space = fill_disk, free_disk, "No space left on device"
    rooted = [
        Fault("disk full before the first checkpoint", TRAIN, checkpoint, full, free, {1}, space, ""),
        Fault("disk full behind some checkpoints", TRAIN, later, full, free, {1}, space, "checkpoints"),
        Fault("disk full at the end of the search", RECON, "out/run/search/seed-3/model.safetensors", full, free, {1}, space, ""),
        Fault("disk full between search and plan", RECON, "out/run/ranking.json", full, free, {1}, space, ""),
        Fault("disk full before the report", RECON, "out/run/recon-sum/seed-3/pictures.json", full, free, {1}, space, ""),
        Fault("read-only folder from the start", TRAIN, "", read_only_disk, writable_disk, {1, 3}, "Read-only file system", ""),
        Fault("checkpoints become read-only", TRAIN, later, forbid_writing, allow_writing, {1, 3}, "Read-only file system", ""),
    ]
    pack = ["train", *settings(["data.name=packed", "data.file=own/road.pack", "threads=1", "train.epochs=4",
                                "train.batch_size=16", "backbone.width=4"])]
    epoch = "out/run/seed-0/checkpoints/step-*8"
    return [
        Fault("SIGTERM", TRAIN, later, tell(signal.SIGTERM), nothing, {75}, "--resume", "checkpoints"),
        Fault("SIGUSR1", TRAIN, later, tell(signal.SIGUSR1), nothing, {75}, "--resume", "checkpoints"),
        Fault("a second run in the folder", TRAIN, later, second_run(TRAIN), nothing, {0}, "", ""),
        Fault("pictures removed in mid-run", FILES, epoch, remove("own/rgb"), bring_back("own/rgb"), {3}, "own/rgb",
              "checkpoints"),
        Fault("Ctrl-C", TRAIN, later, tell(signal.SIGINT), nothing, {130}, "--resume", "checkpoints"),
        Fault("Ctrl-C twice", TRAIN, later, tell(signal.SIGINT, signal.SIGINT), nothing, {130, -signal.SIGINT}, "",
              "checkpoints"),
        Fault("SIGTERM in the pipeline", RECON, "out/run/base-sum/seed-3/run.jsonl", tell(signal.SIGTERM), nothing, {75},
              "--resume", ""),
        Fault("labels removed in mid-run", FILES, epoch, remove("own/range"), bring_back("own/range"), {3}, "own/range",
              "checkpoints"),
        Fault("table removed in mid-run (read at the start)", FILES, epoch, remove("own/tags.csv"),
              bring_back("own/tags.csv"), {0}, "", ""),
        Fault("packed file removed in mid-run (mapped)", pack, epoch, remove("own/road.pack"), bring_back("own/road.pack"),
              {0}, "", ""),
        Fault("packed file cut short in mid-run (mapped)", pack, epoch, truncate("own/road.pack", 4096),
              put_back("own/road.pack"), {3}, "road.pack", "checkpoints"),
        *(rooted if is_root else [fault.name for fault in rooted]),
    ]


def what_is_left(folder):
    """Whole checkpoints and files half written."""
    place = folder / "out/run"
    whole = [path for path in place.glob("**/checkpoints/step-*") if path.suffix != ".partial"]
    half = [path.relative_to(place) for path in place.glob("**/*.partial")]
    records = sum(len(path.read_text().splitlines()) for path in place.glob("**/run.jsonl"))
    done = len(list(place.glob("**/result.json")))
    words = [f"{len(whole)} checkpoints", f"{records} records"] + ([f"{done} finished runs"] if done else [])
    return ", ".join(words) + (", half written: " + ", ".join(map(str, half)) if half else ""), whole, half


def prepare(folder):
    (folder / "out").mkdir()
    (folder / "small.toml").write_text(SMALL)
    subprocess.run([sys.executable, "-B", SOURCE / "examples/own-data/make_data.py", folder / "own"], check=True)
    shutil.copy(SOURCE / "examples/own-data/road.toml", folder / "own")


def last_words(said):
    lines = [line for line in said.splitlines() if line.startswith(("reconcile: ", "stopp"))]
    return lines[-1].removeprefix("reconcile: ") if lines else ""


def check(program, fault):
    """One row, and what was wrong."""
    if isinstance(fault, str):
        return [fault, "left out: needs root", "", "", ""], []
    with scratch() as name:
        folder = pathlib.Path(name)
        try:
            return disturbed(program, fault, folder)
        finally:
            for place in (folder / "out/run/seed-3/checkpoints", folder / "out"):
                while os.path.ismount(place):
                    subprocess.run(["umount", "-l", place], check=True)


def disturbed(program, fault, folder):
    prepare(folder)
    problems = []
    if "data.name=packed" in fault.words:
        run(program, ["data", "pack", "own/road.toml", "--out", "own/road.pack"], folder)
    status, _, said = run(program, [*fault.words, "--out", "whole"], folder)
    if status != 0:
        problems.append(f"the undisturbed run ended with {status}: {said[-300:]}")
    if fault.disturb is fill_disk:
        small_disk(folder, None)
    if not fault.when:
        fault.disturb(folder, None)
    fault.disturb.program = program
    process = start(program, [*fault.words, "--out", "out/run"], folder)
    if fault.when:
        wait_for(process, lambda: any(folder.glob(fault.when)))
        fault.disturb(folder, process)
    status, _, said = finish(process)
    left, whole, half = what_is_left(folder)
    happened = last_words(said).replace(str(folder), "")
    if status not in fault.status or fault.says not in said:
        problems.append(f"ended with {status}, said: {said[-300:]}")
    if fault.left == "checkpoints" and not whole:
        problems.append("no whole checkpoint was left")
    if half and status != -signal.SIGINT:
        problems.append(f"left half written: {half}")
    if hasattr(fault.disturb, "said"):
        happened = f"the second one ended with {fault.disturb.status}: {last_words(fault.disturb.said)}"
        if fault.disturb.status == 0:
            problems.append("the second run was not refused")
    fault.repair(folder, process)
    again, _, said = run(program, [*fault.words, "--out", "out/run", "--resume"], folder)
    different = differences(contents(folder / "whole"), contents(folder / "out/run"))
    if again != 0 or different:
        problems.append(f"--resume ended with {again}, different: {', '.join(different)}: {said[-300:]}")
    resumed = "equal bit for bit" if not problems else "WRONG: " + "; ".join(problems)
    return [fault.name, status, happened, left, resumed], [f"{fault.name}: {problem}" for problem in problems]


def clock_row(program):
    """The wall clock goes back two hours, then forward three days, while a run trains; and a run that is stopped goes on
    under a monotonic clock that stands elsewhere, as after a restart of the machine."""
    name = CLOCK
    if not FAKETIME.exists() or os.geteuid() != 0:
        return [name, "left out: needs root and the package faketime", "", "", ""], []
    with scratch() as scratch_name:
        folder = pathlib.Path(scratch_name)
        prepare(folder)
        run(program, [*TRAIN, "--out", "whole"], folder)
        clock_to("+0")(folder, None)
        environment = {**os.environ, "LD_PRELOAD": str(FAKETIME), "DONT_FAKE_MONOTONIC": "1", "FAKETIME_NO_CACHE": "1",
                       "FAKETIME_TIMESTAMP_FILE": str(folder / "clock")}
        process = start("unshare", ["--time", "--monotonic", "5000000", "--boottime", "5000000", "--fork", "--kill-child=TERM",
                                    program, *TRAIN, "--out", "out/run"], folder, env=environment)
        for offset, when in (("-2h", "step-*8"), ("+3d", "step-*40"), ("+3d", "step-*80")):
            wait_for(process, lambda: any(folder.glob(f"out/run/seed-3/checkpoints/{when}")))
            clock_to(offset)(folder, None)
        child = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(child[0]), signal.SIGTERM)
        status, _, said = finish(process)
        left, _, _ = what_is_left(folder)
        again, _, more = run(program, [*TRAIN, "--out", "out/run", "--resume"], folder)
        different = differences(contents(folder / "whole"), contents(folder / "out/run"))
        text = (folder / "out/run/seed-3/run.jsonl").read_text() + (folder / "out/run/seed-3/result.json").read_text()
        negative = sum(value < 0 for value in seconds_in([json.loads(line) for line in text.splitlines() if line.startswith('{"')]))
    problems = [f"{name}: ended with {status}: {said[-300:]}"] * (status != 75)
    problems += [f"{name}: {negative} negative times"] * (negative > 0)
    problems += [f"{name}: --resume {again}, different: {different}: {more[-300:]}"] * bool(again or different)
    return [name, status, f"{last_words(said)} No time is negative." if not problems else "WRONG", left,
            "equal bit for bit" if not problems else "WRONG"], problems


def seconds_in(value):
    """Every number that is a time."""
    if isinstance(value, list):
        return [s for v in value for s in seconds_in(v)]
    if not isinstance(value, dict):
        return []
    return [s for key, v in value.items()
            for s in ([v] if "seconds" in key and isinstance(v, (int, float)) else seconds_in(v))]


def bad_numbers(program):
    """A target that is far too large in one sample of one task, with each policy."""
    rows, problems = [], []
    for policy, statuses in (("stop", {4}), ("skip", {0}), ("rollback", {0, 4})):
        with scratch() as name:
            folder = pathlib.Path(name)
            prepare(folder)
            row, wrong = bad_number(program, folder, policy, statuses)
        rows.append(row)
        problems += wrong
    return rows, problems


def bad_number(program, folder, policy, statuses):
    name = f'{BAD_NUMBER}, nonfinite = "{policy}"'
    lines = (folder / "own/cars.csv").read_text().splitlines()
    fields = lines[8].split(",")
    lines[8] = ",".join([*fields[:4], "3e38", fields[5]])
    (folder / "own/cars.csv").write_text("\n".join(lines) + "\n")
    manifest = (SOURCE / "examples/own-data/cars.toml").read_text()
    (folder / "own/cars.toml").write_text(manifest.replace('column = "price"\nstandardise = true', 'column = "price"'))
    words = ["train", "own/cars.toml", *settings(["threads=1", "train.epochs=3", "train.batch_size=16", "optimizer.name=sgd",
                                                  "optimizer.lr=0.001", f"train.nonfinite={policy}"])]
    status, _, said = run(program, [*words, "--out", "out/run"], folder)
    if not (folder / "out/run/seed-0/run.jsonl").exists():
        return [name, status, last_words(said), "nothing", "WRONG"], [f"{name}: did not start: {said}"]
    dumps = sorted((folder / "out/run/seed-0").glob("nonfinite-*.json"))
    records = [json.loads(line) for line in (folder / "out/run/seed-0/run.jsonl").read_text().splitlines()]
    skipped = [record["skipped"] for record in records if record["type"] == "epoch"]
    left = f"{len(dumps)} dumps" + (f", skipped {skipped} steps of {len(skipped)} epochs" if skipped else "")
    problems = []
    if status not in statuses:
        problems.append(f"{name}: ended with {status}: {said[-300:]}")
    if not dumps or "price" not in dumps[0].read_text():
        problems.append(f"{name}: no dump that names the task")
    if policy == "skip" and not any(skipped):
        problems.append(f"{name}: no step was skipped")
    again, _, more = run(program, [*words, "--out", "out/run", "--resume"], folder)
    if again != status:
        problems.append(f"{name}: --resume ended with {again}: {more[-300:]}")
    return [name, status, last_words(said), left, f"ends with {again} again" if not problems else "WRONG"], problems


def main():
    options = arguments(__doc__, 100)
    chosen = [fault for fault in faults(os.geteuid() == 0)
              if options.only in (fault if isinstance(fault, str) else fault.name)][:options.cases]
    results = for_all(lambda fault: check(options.program, fault), chosen, options.jobs)
    rows, problems = [row for row, _ in results], [problem for _, found in results for problem in found]
    if options.only in CLOCK and len(chosen) < options.cases:
        row, wrong = clock_row(options.program)
        rows.append(row)
        problems += wrong
    if options.only in BAD_NUMBER and len(chosen) < options.cases:
        more, wrong = bad_numbers(options.program)
        rows += more
        problems += wrong
    print(table(["fault", "exit", "what was said", "what was left", "after the repair, with --resume"], rows))
    conclude(problems)


if __name__ == "__main__":
    main()
