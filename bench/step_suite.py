"""The step suite: what a training step costs, against the joint step and the same step in PyTorch; and how that grows."""
import dataclasses

import results
from worker import Refused, aggregate_worker, peer_worker, step_worker

PRECISIONS = ("bfloat16x3", "bfloat16")
LIMIT_GB = 8


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
    "resnet18": StepCase("resnet18", 256, 2,
                         ("sum", "sum + recorder", "mgda", "pcgrad", "graddrop", "cagrad", "cagrad + recorder", "nashmtl",
                          "fairgrad", "per-layer loop"),
                         ("sum", "mgda", "pcgrad", "cagrad", "fairgrad", "per-layer loop")),
    "resnet18-3": StepCase("resnet18", 256, 3, ("sum", "mgda", "cagrad", "cagrad + recorder", "per-layer loop"),
                           ("sum", "mgda", "cagrad"), ()),
    "segnet": StepCase("segnet", 8, 2, ("sum", "mgda", "cagrad", "cagrad + recorder", "per-layer loop"), ("sum", "mgda"), rounds=3),
    "mobilenet": StepCase("mobilenet", 32, 2, ("sum", "mgda", "cagrad", "cagrad + recorder", "per-layer loop"), ("sum", "mgda"),
                          rounds=3),
    "celeba": StepCase("celeba", 32, 40, ("sum", "mgda", "mgda + recorder", "fairgrad"), ("sum", "fairgrad"), ("sum",), rounds=3),
}
SPLITS = ("first(k=25)", "last(k=25)")
GROWTH_TASKS = (2, 3, 5, 10, 20, 40)
GROWTH_BATCH = (1, 4, 16, 64, 256, 1024)
GROWTH_PARAMETERS = (10**5, 10**6, 10**7, 10**8, 2 * 10**8)


def small(case):
    return dataclasses.replace(case, batch=2, tasks=min(case.tasks, 3), rounds=1)


def baselines_of(variant):
    """The joint step of ours and PyTorch's step of the same method; of a step that records also the one that does not, and the loop."""
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


class StepSuite:
    """`options`: build, threads, rounds (None = the case's own), small, peers."""

    def __init__(self, options):
        self.options = options

    def cases(self):
        """{case: function that measures it, giving (records, title, further columns)}."""
        given = {name: (lambda case=case: self.steps(small(case) if self.options.small else case)) for name, case in STEPS.items()}
        return {**given, "split": self.split, "aggregation": self.aggregation, "memory": self.memory,
                "tasks": self.growth_tasks, "batch": self.growth_batch, "parameters": self.growth_parameters}

    def rounds(self, own):
        return self.options.rounds or own

    def workers(self, network, batch, tasks, precisions=("float32",)):
        """{precision or "PyTorch": worker}; a precision that the program refuses is left out and said."""
        found = {p: step_worker(self.options.build, network, batch, tasks, self.options.threads, p) for p in precisions}
        if self.options.peers:
            found["PyTorch"] = peer_worker(network, batch, tasks, self.options.threads)
        return found

    def steps(self, case):
        workers = self.workers(case.network, case.batch, case.tasks, ("float32", *PRECISIONS))
        ours, peer = workers["float32"], workers.get("PyTorch")
        measures = {name: asking(ours, name) for name in ("peak sgemm", *case.ours)}
        for precision in PRECISIONS:
            try:
                workers[precision].ask("sum")
            except Refused as refusal:
                print(f"   left out: {refusal}")
                continue
            measures.update({f"{name}, {precision}": asking(workers[precision], name) for name in case.precise})
        if peer:
            measures.update({f"PyTorch: {name}": asking(peer, name) for name in case.peers})
        answers = closing(workers, lambda: results.take_turns(measures, self.rounds(case.rounds)))
        sizes = {answer[0]["parameters"] for answer in answers.values() if "parameters" in answer[0]}
        if len(sizes) > 1:
            raise Refused(f"{case.network}: the networks differ, they have {sorted(sizes)} parameters")
        records = make(answers, batch=case.batch, tasks=case.tasks, network=case.network)
        return records, f"{case.network}, batch {case.batch}, {case.tasks} tasks", ()

    def split(self):
        """Split networks: time over the shared network beside the arithmetic over it."""
        case = small(STEPS["resnet18"]) if self.options.small else STEPS["resnet18"]
        names = [f"{method}{where}" for method in ("sum", "mgda") for where in ("", *(f" @ {rule}" for rule in SPLITS))]
        with step_worker(self.options.build, "resnet18", case.batch, 2, self.options.threads) as ours:
            measures = {name: asking(ours, name) for name in ("peak sgemm", *names)}
            answers = results.take_turns(measures, self.rounds(case.rounds))
        records = results.make_records(answers, lambda name: {"shared": name.split(" @ ")[0]} if " @ " in name else {})
        flop = {record["variant"]: record["flop"] for record in records}
        for record in records:
            record["arithmetic"] = record["flop"] / flop[record["variant"].split(" @ ")[0]]
            record["batch"] = case.batch
        return records, f"resnet18, batch {case.batch}, 2 tasks, split", ("arithmetic",)

    def aggregation(self):
        """Forty tasks: the backward passes are taken once, then every aggregator reads the same rows."""
        case = small(STEPS["celeba"]) if self.options.small else STEPS["celeba"]
        with step_worker(self.options.build, "celeba", case.batch, case.tasks, self.options.threads) as ours:
            names = ours.ask("aggregators")
            ours.ask("rows")
            measures = {name: asking(ours, f"aggregate {name}") for name in names}
            answers = results.take_turns({"step": asking(ours, "mgda"), **measures}, self.rounds(case.rounds))
        step = results.median_ms(answers.pop("step"))
        passes = step - results.median_ms(answers["mgda"])
        records = results.make_records(answers, lambda name: {})
        for record in records:
            record.update(share=record["ms"] / (passes + record["ms"]), step_ms=step, tasks=case.tasks, batch=case.batch)
        title = (f"celeba, batch {case.batch}, {case.tasks} tasks: Gramian, solve and combine of every deterministic aggregator on the same "
                 f"rows; share = that over (the step by mgda, {step:.0f} ms, with its own exchanged for it)")
        return records, title, ("share",)

    def memory(self):
        """Fresh processes: the peak against what a step must hold."""
        batch, records = (2 if self.options.small else 64), []
        for tasks in GROWTH_TASKS[:2] if self.options.small else GROWTH_TASKS:
            for method in ("sum", "mgda"):
                with step_worker(self.options.build, "resnet18", batch, tasks, self.options.threads) as ours:
                    times = [ours.ask(method)["ms"] for _ in range(2)]
                    held = ours.ask(f"memory {method}")
                megabytes = {name: size / 2**20 for name, size in held.items()}
                peak = megabytes.pop("peak")
                records.append({"variant": f"{method}, T = {tasks}", "tasks": tasks, "method": method, "batch": batch, "ms": times[-1],
                                "ms_min": min(times), "ms_max": max(times), "rounds": 1, "ratios": {}, "peak_mb": peak,
                                "held_mb": sum(megabytes.values()), "over_held": peak / sum(megabytes.values()),
                                "parts_mb": megabytes})
        return records, f"resnet18, batch {batch}: memory in MB, fresh processes", ("peak_mb", "held_mb", "over_held")

    def grow(self, values, batch_and_tasks, field):
        """`sum` and `mgda`, ours and PyTorch's, for every value."""
        records = []
        for value in values:
            batch, tasks = batch_and_tasks(value)
            workers = self.workers("resnet18", batch, tasks)
            measures = {"peak sgemm": asking(workers["float32"], "peak sgemm")}
            for method in ("sum", "mgda"):
                measures[method] = asking(workers["float32"], method)
                if "PyTorch" in workers:
                    measures[f"PyTorch: {method}"] = asking(workers["PyTorch"], method)
            answers = closing(workers, lambda: results.take_turns(measures, self.rounds(3)))
            for record in make(answers, batch=batch, tasks=tasks):
                records.append({**record, "method": record["variant"], "variant": f"{record['variant']}, {field} = {value}"})
        return records

    def growth_tasks(self):
        batch = 2 if self.options.small else 32
        values = GROWTH_TASKS[:2] if self.options.small else GROWTH_TASKS
        return self.grow(values, lambda tasks: (batch, tasks), "T"), f"resnet18, batch {batch}: growth with the tasks", ()

    def growth_batch(self):
        values = GROWTH_BATCH[:2] if self.options.small else GROWTH_BATCH
        return self.grow(values, lambda batch: (batch, 2), "batch"), "resnet18, 2 tasks: growth with the batch", ()

    def growth_parameters(self):
        """Rows alone: Gramian and combine for T = 2, 10 and 40."""
        records = []
        for parameters in GROWTH_PARAMETERS[:2] if self.options.small else GROWTH_PARAMETERS:
            for tasks in (2, 10, 40):
                size = 4e-9 * parameters * (tasks + 1)
                if size > LIMIT_GB:
                    print(f"   left out: P = {parameters:.0e}, T = {tasks}: {size:.0f} GB of rows, more than {LIMIT_GB}")
                    continue
                records += self.rows_alone(parameters, tasks)
        return records, "rows alone: growth with the parameters", ()

    def rows_alone(self, parameters, tasks):
        with aggregate_worker(self.options.build, parameters, tasks, self.options.threads) as ours:
            names = ("peak read", "peak sgemm", "gramian", "combine", "aggregate mgda")
            answers = results.take_turns({name: asking(ours, name) for name in names}, self.rounds(3))
        about = {"parameters": parameters, "tasks": tasks}
        return [{**record, **about, "method": record["variant"], "variant": f"{record['variant']}, P = {parameters:.0e}, T = {tasks}"}
                for record in results.make_records(answers, lambda name: {})]


def asking(worker, request):
    return lambda: worker.ask(request)


def closing(workers, measure):
    try:
        return measure()
    finally:
        for worker in workers.values():
            worker.close()


def make(answers, **about):
    return [{**record, **about} for record in results.make_records(with_flop(answers), baselines_of)]
