"""The end-to-end suite: seconds from the command line to an accuracy on Multi-Fashion+MNIST, ours and PyTorch's.

Both sides read the same packed file, with the same network, optimiser, batch size and rule of drawing batches (a new
permutation each epoch, what is left over is dropped); initial values and permutations are each side's own.
"""
import dataclasses
import functools
import json
import pathlib
import subprocess
import tempfile
import time

import results
from worker import BENCH, PYTHON, Missing, Refused

BATCH = 64
LEARNING_RATE = 0.05


@dataclasses.dataclass
class Training:
    """What is trained, and the validation accuracy that both tasks are to pass."""

    backbone: str
    samples: int
    epochs: int
    threshold: float
    seeds: int
    precisions: tuple = ("float32",)


TRAININGS = {
    "lenet": Training("lenet", 10000, 6, 0.55, 1),
    "resnet18": Training("resnet18(features=100)", 4000, 3, 0.40, 1, ("float32", "bfloat16x3", "bfloat16")),
}


def small(training):
    return dataclasses.replace(training, samples=256, epochs=1, threshold=0.05, seeds=1)


def program(build):
    return build / "tools/reconcile/reconcile"


def settings(pairs):
    return [part for pair in pairs for part in ("--set", pair)]


def first_line(text):
    return text.strip().partition("\n")[0]


def pack(build, samples, path):
    """Writes the data to one file; Missing if they are not there."""
    pairs = (
        "data.name=multi_fashion_mnist",
        f"data.train_samples={samples}",
        "data.validation_samples=1000",
        "data.test_samples=100",
        "backbone.name=lenet",
    )
    done = subprocess.run(
        [program(build), "data", "pack", *settings(pairs), "--out", path], capture_output=True, text=True
    )
    if done.returncode != 0:
        raise Missing(
            "no data to train on; `reconcile data fetch mnist fashion-mnist` or RECONCILE_DATA brings them: "
            f"{first_line(done.stderr)}"
        )


def epochs_of_ours(build, training, seed, threads, packed, pairs, folder):
    """[(seconds since the command, {task: accuracy}) ...], by watching run.jsonl."""
    name, _, options = training.backbone.partition("(")
    given = [
        "data.name=packed",
        f"data.file={packed}",
        f"backbone.name={name}",
        f"seeds=[{seed}]",
        f"threads={threads}",
        f"train.epochs={training.epochs}",
        f"train.batch_size={BATCH}",
        f"train.checkpoint_every={training.epochs}",
        f"optimizer.lr={LEARNING_RATE}",
        "conflict.record=false",
        *(f"backbone.{option}" for option in options.rstrip(")").split(",") if option),
    ]
    begin = time.perf_counter()
    run = subprocess.Popen(
        [program(build), "train", *settings([*given, *pairs]), "--out", folder],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    seen = []
    while True:
        ended = run.poll() is not None
        epochs = read_epochs(pathlib.Path(folder))
        seen += [(time.perf_counter() - begin, epoch) for epoch in epochs[len(seen) :]]
        if ended:
            break
        time.sleep(0.02)
    message = run.stderr.read()
    if run.returncode != 0:
        raise Refused(first_line(message) or f"exit status {run.returncode}")
    return seen


def read_epochs(folder):
    found = []
    for log in folder.glob("**/run.jsonl"):
        for line in log.read_text().splitlines():
            if line.startswith('{"type":"epoch"') and line.endswith("}"):
                found.append({task: values["accuracy"] for task, values in json.loads(line)["validation"].items()})
    return found


def epochs_of_peer(training, seed, threads, packed):
    command = [
        PYTHON,
        "-B",
        BENCH / "peer_training.py",
        packed,
        training.backbone.partition("(")[0],
        training.epochs,
        BATCH,
        LEARNING_RATE,
        seed,
        threads,
    ]
    begin = time.perf_counter()
    run = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
    seen = [(time.perf_counter() - begin, json.loads(line)) for line in run.stdout]
    if run.wait() != 0:
        raise Refused(f"bench/peer_training.py: exit status {run.returncode}")
    return seen


def summary(epochs, threshold):
    """{ms to the threshold, or to the end where it was not reached}."""
    passed = [i for i, (_, accuracy) in enumerate(epochs) if min(accuracy.values()) >= threshold]
    last = passed[0] if passed else len(epochs) - 1
    return {
        "ms": 1e3 * epochs[last][0],
        "reached": bool(passed),
        "epochs": last + 1,
        "threshold": threshold,
        "least_accuracy": min(epochs[last][1].values()),
        "ms_an_epoch": 1e3 * epochs[-1][0] / len(epochs),
    }


class EndToEndSuite:
    """`options` as for StepSuite."""

    def __init__(self, options):
        self.options = options

    def cases(self):
        return {
            name: (lambda training=training: self.train(small(training) if self.options.small else training))
            for name, training in TRAININGS.items()
        }

    def train(self, training):
        answers = {}
        with tempfile.TemporaryDirectory() as folder:
            packed = pathlib.Path(folder) / "data.pack"
            pack(self.options.build, training.samples, packed)
            for seed in range(self.options.rounds or training.seeds):
                for name, measure in self.measures(training, seed, packed, folder).items():
                    try:
                        answers.setdefault(name, []).append(summary(measure(), training.threshold))
                    except Refused as refusal:
                        print(f"   left out: {name}: {refusal}")
        answers = {name: given for name, given in answers.items() if given}
        records = results.make_records(answers, lambda name: {"PyTorch": "PyTorch"})
        for record in records:
            record["reached"] = sum(answer["reached"] for answer in answers[record["variant"]])
            record["epochs"] = results.median([answer["epochs"] for answer in answers[record["variant"]]])
        title = (
            f"{training.backbone}, {training.samples} samples, batches of {BATCH}: "
            f"ms until both tasks pass {training.threshold:.0%}; "
            "reached: in how many of the rounds, each with its seed"
        )
        return records, title, ("reached", "epochs", "ms_an_epoch")

    def measures(self, training, seed, packed, folder):
        """{variant: function that trains it with that seed}."""
        found = {}
        for precision in training.precisions:
            pairs = () if precision == "float32" else (f"train.precision={precision}",)
            name = "reconcile" + "".join(f", {pair.partition('=')[2]}" for pair in pairs)
            found[name] = functools.partial(
                epochs_of_ours,
                self.options.build,
                training,
                seed,
                self.options.threads,
                packed,
                pairs,
                f"{folder}/{name}-{seed}",
            )
        if self.options.peers:
            found["PyTorch"] = functools.partial(epochs_of_peer, training, seed, self.options.threads, packed)
        return found


def compare_training(builds, options):
    """The trainings of two builds in turns: {training: [{ms} ...]} of each."""
    answers = [{}, {}]
    for name, training in TRAININGS.items():
        training = small(training) if options.small else training
        with tempfile.TemporaryDirectory() as folder:
            packed = pathlib.Path(folder) / "data.pack"
            pack(builds[0], training.samples, packed)
            for seed in range(options.rounds or training.seeds):
                for side, build in enumerate(builds):
                    epochs = epochs_of_ours(
                        build, training, seed, options.threads, packed, (), f"{folder}/{side}-{seed}"
                    )
                    answers[side].setdefault(name, []).append(summary(epochs, training.threshold))
    return answers
