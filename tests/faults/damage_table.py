#!/usr/bin/env python3
"""Cuts files short and flips bits in them, one damage a case, and runs the command that reads the file.

    tests/faults/damage_table.py [--cases N] [--seed S] [--only TEXT] [--program build/tools/reconcile/reconcile]

Run it after a build; it needs Python's standard library only. What may happen: a refusal (exit 1, 2 or 3 and a message with the
file's name, or with what the changed text of a user's file leads to); the same result as without the damage, with a message (fallback) or because nothing that was damaged is
needed; and, only for files that users bring, another result, since nothing in a CSV file can tell that a 3 was a 2.
What must not happen, and makes the script exit with 1: a signal, a hang, a message without the file, or another result
from a file that reconcile wrote itself.
"""
import collections
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import user_files
from faults import (SMALL, SOURCE, TINY_NETWORK, arguments, conclude, contents, finish, for_all, random_of, run,
                    scratch, settings, start, table, timeless)

# files: pattern in the prepared folder; words: the command that reads it; result: folder that holds what it makes, if any.
Kind = collections.namedtuple("Kind", "name folder files words ours result")
TRAIN = ["train", "small.toml", *settings(TINY_NETWORK)]
QUICK = settings(["train.epochs=1", "threads=1", "train.batch_size=4"])
RESUME = [*TRAIN, "--out", "run", "--resume", *settings(["train.epochs=20"])]
RECON = ["recon", "small.toml", "--out", "run", "--resume", *settings(TINY_NETWORK)]
SWEEP = ["sweep", "small.toml", "--vary", "method=sum,mgda", "--out", "run", *settings(TINY_NETWORK)]


def check_words(*sets):
    return ["data", "check", *settings(sets)]


KINDS = [
    Kind("checkpoint, model", "stopped", "run/seed-3/checkpoints/*/model.safetensors", RESUME, True, "run"),
    Kind("checkpoint, optimiser", "stopped", "run/seed-3/checkpoints/*/optimizer.safetensors", RESUME, True, "run"),
    Kind("checkpoint, method", "stopped", "run/seed-3/checkpoints/*/method.safetensors", RESUME, True, "run"),
    Kind("checkpoint, manifest", "stopped", "run/seed-3/checkpoints/*/manifest.json", RESUME, True, "run"),
    Kind("records of a stopped run", "stopped", "run/seed-3/run.jsonl", RESUME, True, "run"),
    Kind("table of a stopped run", "stopped", "run/seed-3/metrics.csv", RESUME, True, "run"),
    Kind("events of a stopped run", "stopped", "run/seed-3/events*", RESUME, True, "run"),
    Kind("best weights of a stopped run", "stopped", "run/seed-3/best.safetensors", RESUME, True, "run"),
    Kind("settings of a stopped run", "stopped", "run/config.toml", RESUME, True, "run"),
    Kind("result, read again", "done", "run/seed-3/result.json", [*TRAIN, "--out", "run", "--resume"], True, None),
    Kind("weights, read again", "done", "run/seed-3/model.safetensors", [*TRAIN, "--out", "run", "--resume"], True, None),
    Kind("weights", "done", "run/seed-3/model.safetensors", ["eval", "run/seed-3"], True, None),
    Kind("best weights", "done", "run/seed-3/best.safetensors", ["eval", "run/seed-3", "--weights", "best"], True, None),
    Kind("weights to start from", "done", "run/seed-3/model.safetensors",
         [*TRAIN, "--out", "new", *settings(["train.epochs=1", "weights.file=run/seed-3/model.safetensors"])], True, "new"),
    Kind("settings of a run", "done", "run/seed-3/config.toml", ["eval", "run/seed-3"], True, None),
    Kind("records, scored", "done", "run/seed-3/run.jsonl", ["score", "run/seed-3", "--json"], True, None),
    Kind("records, reported", "done", "run/seed-3/run.jsonl", ["report", "run/seed-3", "--json"], True, None),
    Kind("summary of a pipeline", "pipeline", "run/summary.json", ["report", "run", "--json"], True, None),
    Kind("summary, going on", "pipeline", "run/summary.json", RECON, True, "run"),
    Kind("ranking", "pipeline", "run/ranking.json",
         ["plan", "small.toml", "--ranking", "run/ranking.json", "--json", *settings(TINY_NETWORK)], True, None),
    Kind("plan", "pipeline", "run/plan.json",
         [*TRAIN, "--plan", "run/plan.json", "--out", "new", *settings(["train.epochs=1"])], True, "new"),
    Kind("plan of a run", "pipeline", "run/recon-sum/seed-3/plan.json", ["eval", "run/recon-sum/seed-3"], True, None),
    Kind("record of a sweep", "sweep", "run/sweep.json", [*SWEEP, "--resume"], True, "run"),
    Kind("record of a sweep, reported", "sweep", "run/sweep.json", ["report", "run", "--json"], True, None),
    Kind("packed data", "pack", "e.pack", check_words("data.name=packed", "data.file=e.pack", "data.verify=true"), True, None),
    Kind("experiment", "done", "small.toml", ["train", "small.toml", "--out", "new", *QUICK], False, "new"),
    Kind("manifest of own data", "road", "road/road.toml", ["data", "check", "road/road.toml"], False, None),
    Kind("PNG pictures and labels", "road", "road/*/000?.png", ["data", "check", "road/road.toml"], False, None),
    Kind("CSV table", "road", "road/cars.csv", ["train", "road/cars.toml", "--out", "new", *QUICK], False, "new"),
    Kind("CSV of tags", "road", "road/tags.csv", ["data", "check", "road/road.toml"], False, None),
    Kind("NumPy arrays", "rooms", "rooms/train/*/?.npy",
         check_words("data.name=nyuv2", "data.root=rooms", "data.size=[16, 24]"), False, None),
    Kind("NumPy array to predict", "done", "one.npy", ["predict", "run/seed-3", "one.npy", "--out", "new"], False, "new"),
    Kind("JPEG pictures", "faces", "faces/img_align_celeba/*.jpg",
         check_words("data.name=celeba", "data.root=faces", "data.size=[16, 16]"), False, None),
    Kind("lists of CelebA", "faces", "faces/*.txt",
         check_words("data.name=celeba", "data.root=faces", "data.size=[16, 16]"), False, None),
    Kind("IDX", "idx", "mnist/*ubyte", check_words("data.name=multi_mnist", "data.root=."), False, None),
    Kind("MATLAB", "pascal", "PASCAL_MT/pascal-context/trainval/*.mat",
         check_words("data.name=pascal_context", "data.root=.", "data.size=[64, 64]", 'data.tasks=["edges"]'), False, None),
    Kind("split lists", "pascal", "PASCAL_MT/ImageSets/Context/*.txt",
         check_words("data.name=pascal_context", "data.root=.", "data.size=[64, 64]", 'data.tasks=["edges"]'), False, None),
    Kind("PyTorch weights", "done", "weights.pth",
         [*TRAIN, "--out", "new", *settings(["train.epochs=1", "weights.file=weights.pth"])], False, "new"),
]


def prepare(program, place):
    """One folder of undamaged files for each value of Kind.folder."""
    def at(name):
        (place / name).mkdir()
        (place / name / "small.toml").write_text(SMALL)
        return place / name

    def need(words, folder):
        status, out, err = run(program, words, folder)
        if status != 0:
            sys.exit(f"{' '.join(words)}: {status}\n{out}{err}")
    stopped = at("stopped")
    process = start(program, [word for word in RESUME if word != "--resume"], stopped)
    while process.poll() is None and not list(stopped.glob("run/seed-3/checkpoints/step-*12")):
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    finish(process)
    done = at("done")
    need([*TRAIN, "--out", "run", *settings(["train.epochs=6"])], done)
    (done / "small.toml").write_text(SMALL + "epochs = 6\n")
    user_files.write_npy(done / "one.npy", [2, 1, 36, 36], [(7 * i) % 256 for i in range(2592)])
    user_files.write_pth(done / "weights.pth", user_files.read_safetensors(done / "run/seed-3/model.safetensors"))
    need([word for word in RECON if word != "--resume"], at("pipeline"))
    need(SWEEP, at("sweep"))
    sizes = settings(["data.train_samples=20", "data.validation_samples=4", "data.test_samples=4"])
    need(["data", "pack", "--out", "e.pack", *settings(["data.name=fields", "data.shape=[3, 8, 8]"]), *sizes], at("pack"))
    road = at("road")
    make = [sys.executable, "-B", SOURCE / "examples/own-data/make_data.py", road / "road"]
    subprocess.run(make, check=True)
    for name in ("road.toml", "cars.toml"):
        shutil.copy(SOURCE / "examples/own-data" / name, road / "road")
    need(["data", "make", "rooms", "--out", "rooms", *sizes, "--set", "data.size=[16, 24]"], at("rooms"))
    need(["data", "make", "faces", "--out", "faces", *sizes], at("faces"))
    user_files.write_mnist(at("idx") / "mnist")
    user_files.write_pascal(at("pascal"), sorted((place / "faces/faces/img_align_celeba").glob("*.jpg"))[:8])


def outcome(program, kind, folder):
    """(exit status, what was made and printed, all that was said)."""
    status, out, err = run(program, kind.words, folder, limit=60)
    try:
        printed = timeless(json.loads(out))
    except json.JSONDecodeError:
        printed = out
    made = contents(folder / kind.result) if kind.result and status == 0 else {}
    return status, (printed, made), out + err


def damage(path, rng):
    """Cuts the file or flips one bit; says which."""
    data = bytearray(path.read_bytes())
    if not data or rng.random() < 0.35:
        length = rng.choice([0, max(0, len(data) - 1), rng.randrange(len(data) + 1)])
        path.write_bytes(data[:length])
        return f"cut to {length} of {len(data)} bytes", length == len(data)
    place, bit = rng.randrange(len(data)), rng.randrange(8)
    data[place] ^= 1 << bit
    path.write_bytes(data)
    return f"bit {bit} of byte {place} of {len(data)}", False


def judge(kind, name, expected, got):
    """The class of what happened; those that must not be begin with WRONG."""
    status, result, said = got
    if status in (1, 2, 3):
        named = name in said or (not kind.ours and "reconcile: " in said)  # what the changed text leads to
        return "refused" if named else "WRONG: a refusal without the file's name"
    if status != 0:
        return f"WRONG: ended with {status}"
    if result != expected[1]:
        return "WRONG: silently another result" if kind.ours else "other data"
    return "fallback" if name in said.replace(expected[2], "") and "damaged" in said else "same result"


def check(program, place, expected, kind, rng):
    with scratch() as scratch_name:
        folder = pathlib.Path(scratch_name) / "case"
        shutil.copytree(place / kind.folder, folder)
        found = sorted(folder.glob(kind.files))
        path = found[-1] if rng.random() < 0.5 else rng.choice(found)  # of checkpoints, the newest counts
        what, harmless = damage(path, rng)
        got = outcome(program, kind, folder)
        verdict = "same result" if harmless else judge(kind, path.name, expected, got)
        return verdict, f"{kind.name}: {path.relative_to(folder)}, {what}: {verdict}: exit {got[0]}: {got[2][-300:].strip()}"


def main():
    options = arguments(__doc__, 520)
    kinds = [kind for kind in KINDS if options.only in kind.name]
    with scratch() as name:
        place = pathlib.Path(name)
        prepare(options.program, place)
        expected = {}
        for kind in kinds:
            with scratch() as copy:
                shutil.copytree(place / kind.folder, pathlib.Path(copy) / "case")
                expected[kind.name] = outcome(options.program, kind, pathlib.Path(copy) / "case")
            if expected[kind.name][0] != 0:
                sys.exit(f"{kind.name}: fails without damage: {expected[kind.name][2]}")
        cases = [(number, kinds[number % len(kinds)]) for number in range(options.cases)]
        results = for_all(lambda case: check(options.program, place, expected[case[1].name], case[1],
                                             random_of(options.seed, f"{case[0]} {case[1].name}")), cases, options.jobs)
    classes = ["refused", "fallback", "same result", "other data"]
    rows, problems = [], []
    for kind in kinds:
        verdicts = [result for result, (_, of) in zip(results, cases) if of is kind]
        wrong = [text for verdict, text in verdicts if verdict.startswith("WRONG")]
        problems += wrong
        rows.append([kind.name, "reconcile's" if kind.ours else "the user's", len(verdicts),
                     *(sum(verdict == c for verdict, _ in verdicts) for c in classes), len(wrong)])
    rows.append(["all", "", *(sum(row[i] for row in rows) for i in range(2, 8))])
    print(table(["file", "whose", "cases", *classes, "wrong"], rows))
    conclude(problems)


if __name__ == "__main__":
    main()
