"""What the fault scripts share: starting the program, comparing run folders without their clocks, Markdown tables."""
import argparse
import csv
import io
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = SOURCE / "build" / "tools" / "reconcile" / "reconcile"
LIMIT_SECONDS = 120  # what runs longer hangs

SMALL = """
seeds = [3]
threads = 1
[data]
train_samples = 64
validation_samples = 16
test_samples = 16
[train]
batch_size = 16
"""
TINY_NETWORK = ["backbone.width=2", "backbone.features=4"]


def arguments(description, cases, **more):
    """The options that all scripts have; `more`: further options with their defaults."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(PROGRAM), help="the program just built")
    parser.add_argument("--cases", type=int, default=cases, help="how many cases; default %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and places; default %(default)s")
    parser.add_argument("--jobs", type=int, default=2, help="cases at a time; default %(default)s")
    parser.add_argument("--only", default="", help="only cases whose name has this text")
    for name, default in more.items():
        parser.add_argument("--" + name, default=default)
    result = parser.parse_args()
    result.program = os.path.abspath(result.program)
    return result


def settings(values):
    """`key=value` texts as words of a command."""
    return [word for value in values for word in ("--set", value)]


def possible_here(runs):
    """Those that this processor has the instructions for; `runs`: name -> settings, with `bfloat16` in the name."""
    has_bfloat16 = "avx512" in pathlib.Path("/proc/cpuinfo").read_text()
    return {name: sets for name, sets in runs.items() if has_bfloat16 or "bfloat16" not in name}


def start(program, words, folder, **more):
    """Starts the program in `folder` as the head of a process group of its own; `more` goes to Popen."""
    return subprocess.Popen([program, *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            errors="replace", start_new_session=True, **more)


def finish(process, limit=LIMIT_SECONDS):
    """(exit status, standard output, standard error); the status is "hang" past the limit."""
    try:
        out, err = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        kill_group(process)
        return "hang", "", ""
    return process.returncode, out, err


def run(program, words, folder, limit=LIMIT_SECONDS):
    return finish(start(program, words, folder), limit)


def wait_for(process, ready):
    """Until `ready` says so, or the program ends."""
    while process.poll() is None and not ready():
        time.sleep(0.0005)


def kill_group(process):
    """SIGKILL to the program and the runs that it started; what it said, when all are gone."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    _, messages = process.communicate()
    for _ in range(200):  # children that somebody else has to reap
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.005)
    return messages


def timeless(value):
    """A record without what the clock says, and without the check sums of lines and documents that hold such numbers."""
    if isinstance(value, dict):
        return {key: timeless(v) for key, v in value.items()
                if "seconds" not in key and key not in ("profile", "command", "crc32")}
    return [timeless(v) for v in value] if isinstance(value, list) else value


def timeless_file(path):
    try:
        return parsed_without_times(path)
    except ValueError:
        return "cannot be parsed", path.read_bytes()


def parsed_without_times(path):
    if path.suffix == ".json":
        return timeless(json.loads(path.read_text()))
    if path.suffix == ".jsonl":
        return [timeless(json.loads(line)) for line in path.read_text().splitlines()]
    if path.suffix == ".csv":
        rows = list(csv.reader(io.StringIO(path.read_text())))
        kept = [i for i, name in enumerate(rows[0]) if "seconds" not in name]
        return [[row[i] for i in kept] for row in rows]
    return path.read_bytes()


def contents(folder):
    """Every file below a run's folder, by its name, without the clock. Left out are what shows the same records with times
    of the day (report.html, TensorBoard's events), the console logs of a sweep, and lock files."""
    return {str(path.relative_to(folder)): timeless_file(path) for path in sorted(pathlib.Path(folder).rglob("*"))
            if path.is_file() and path.name != "report.html" and not path.name.startswith("events.out.")
            and path.suffix not in (".log", ".lock")}


def differences(expected, actual):
    """Names of files that differ or that only one side has."""
    return sorted(name for name in expected.keys() | actual.keys() if expected.get(name) != actual.get(name))


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def for_all(function, items, jobs):
    """The results in order, some at a time."""
    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(function, items))


def random_of(seed, name):
    """A generator of a case's own, so that cases do not depend on each other."""
    return random.Random(f"{seed}/{name}")


def scratch():
    return tempfile.TemporaryDirectory(prefix="reconcile-faults-")


def conclude(problems):
    """Ends the script: 0 if nothing was wrong, else 1 with a list."""
    for problem in problems:
        print("WRONG:", problem, file=sys.stderr)
    sys.exit(1 if problems else 0)
