"""The step suite: what a training step costs, against the joint step and the same step in PyTorch.

How that grows is measured by bench/growth.py.
"""
import dataclasses

import growth
import results
from worker import Refused, asking, close_after, peer_worker, step_worker

PRECISIONS = ("bfloat16x3", "bfloat16")


@dataclasses.dataclass
class StepCase:
    """Steps of one network that take turns."""

    network: str
    batch: int
    tasks: int
    ours: tuple
    peers: tuple = ()
    precise: tuple = ("sum", "mgda")  # also taken in the other precisions
    rounds: int = 5


STEPS = {
    "resnet18": StepCase(
        "resnet18",
        256,
        2,
        ours=(
            "sum",
            "sum + recorder",
            "mgda",
            "pcgrad",
            "graddrop",
            "cagrad",
            "cagrad + recorder",
            "nashmtl",
            "fairgrad",
            "per-layer loop",
        ),
        peers=("sum", "mgda", "pcgrad", "cagrad", "fairgrad", "per-layer loop"),
    ),
    "resnet18-3": StepCase(
        "resnet18",
        256,
        3,
        ours=("sum", "mgda", "cagrad", "cagrad + recorder", "per-layer loop"),
        peers=("sum", "mgda", "cagrad"),
        precise=(),
    ),
    "segnet": StepCase(
        "segnet",
        8,
        2,
        ours=("sum", "mgda", "cagrad", "cagrad + recorder", "per-layer loop"),
        peers=("sum", "mgda"),
        rounds=3,
    ),
    "mobilenet": StepCase(
        "mobilenet",
        32,
        2,
        ours=("sum", "mgda", "cagrad", "cagrad + recorder", "per-layer loop"),
        peers=("sum", "mgda"),
        rounds=3,
    ),
    "celeba": StepCase(
        "celeba",
        32,
        40,
        ours=("sum", "mgda", "mgda + recorder", "fairgrad"),
        peers=("sum", "fairgrad"),
        precise=("sum",),
        rounds=3,
    ),
}
SPLITS = ("first(k=25)", "last(k=25)")


def small(case):
    return dataclasses.replace(case, batch=2, tasks=min(case.tasks, 3), rounds=1)


class StepSuite:
    """`options`: build, threads, rounds (None = the case's own), small, peers."""

    def __init__(self, options):
        self.options = options

    def cases(self):
        """{case: function that measures it, giving (records, title, further columns)}."""
        given = {name: small(case) if self.options.small else case for name, case in STEPS.items()}
        steps = {name: (lambda case=case: self.steps(case)) for name, case in given.items()}
        return {
            **steps,
            "split": lambda: self.split(given["resnet18"]),
            "aggregation": lambda: self.aggregation(given["celeba"]),
            **growth.Growth(self.options).cases(),
        }

    def turns(self, measures, case):
        return results.take_turns(measures, self.options.rounds or case.rounds)

    def one_worker(self, case, precision="float32"):
        return step_worker(self.options.build, case.network, case.batch, case.tasks, self.options.threads, precision)

    def steps(self, case):
        workers = {precision: self.one_worker(case, precision) for precision in ("float32", *PRECISIONS)}
        if self.options.peers:
            workers["PyTorch"] = peer_worker(case.network, case.batch, case.tasks, self.options.threads)
        with close_after(workers.values()):
            layout = workers["float32"].ask("layout")
            answers = self.turns(self.step_measures(case, workers), case)
        sizes = {answer[0]["parameters"] for answer in answers.values() if "parameters" in answer[0]}
        if len(sizes) > 1:
            raise Refused(f"{case.network}: the networks differ, they have {sorted(sizes)} parameters")
        about = {"batch": case.batch, "tasks": case.tasks, "network": case.network, "layout": layout}
        records = [{**record, **about} for record in results.step_records(answers)]
        return records, f"{case.network}, batch {case.batch}, {case.tasks} tasks", ()

    def step_measures(self, case, workers):
        """{variant: function}; a precision that the program refuses is left out and said."""
        found = {name: asking(workers["float32"], name) for name in ("peak sgemm", *case.ours)}
        for precision in PRECISIONS if case.precise else ():
            try:
                workers[precision].ask("sum")
            except Refused as refusal:
                print(f"   left out: {refusal}")
                continue
            found.update({f"{name}, {precision}": asking(workers[precision], name) for name in case.precise})
        if "PyTorch" in workers:
            found.update({f"PyTorch: {name}": asking(workers["PyTorch"], name) for name in case.peers})
        return found

    def split(self, case):
        """Split networks: time over the shared network beside the arithmetic over it."""
        names = [method + where for method in ("sum", "mgda") for where in ("", *(f" @ {rule}" for rule in SPLITS))]
        with self.one_worker(case) as ours:
            answers = self.turns({name: asking(ours, name) for name in ("peak sgemm", *names)}, case)
        shared = lambda name: name.split(" @ ")[0]
        records = results.make_records(answers, lambda name: {"shared": shared(name)} if name != shared(name) else {})
        flop = {record["variant"]: record["flop"] for record in records}
        for record in records:
            record.update(arithmetic=record["flop"] / flop[shared(record["variant"])], batch=case.batch)
        return records, f"resnet18, batch {case.batch}, 2 tasks, split", ("arithmetic",)

    def aggregation(self, case):
        """Many tasks: the backward passes are taken once, then every aggregator reads the same rows."""
        with self.one_worker(case) as ours:
            names = ours.ask("aggregators")
            ours.ask("rows")
            aggregates = {name: asking(ours, f"aggregate {name}") for name in names}
            answers = self.turns({"step": asking(ours, "mgda"), **aggregates}, case)
        step = results.median_ms(answers.pop("step"))
        passes = step - results.median_ms(answers["mgda"])
        records = results.make_records(answers, lambda name: {})
        for record in records:
            record.update(
                share=record["ms"] / (passes + record["ms"]), step_ms=step, tasks=case.tasks, batch=case.batch
            )
        title = (
            f"celeba, batch {case.batch}, {case.tasks} tasks: "
            "Gramian, solve and combine of every deterministic aggregator on "
            f"the same rows; share = that over (the step by mgda, {step:.0f} ms, with its own exchanged for it)"
        )
        return records, title, ("share",)
