"""How steps and aggregation grow with tasks, batch and parameters, in time and in memory."""
import results
from worker import aggregate_worker, asking, close_after, peer_worker, step_worker

TASKS = (2, 3, 5, 10, 20, 40)
BATCHES = (1, 4, 16, 64, 256, 1024)
PARAMETERS = (10**5, 10**6, 10**7, 10**8, 2 * 10**8)
ROW_TASKS = (2, 10, 40)
LIMIT_GB = 8
ROUNDS = 3


class Growth:
    """`options` as for StepSuite. ResNet-18 on 36x36 images, but for the parameters."""

    def __init__(self, options):
        self.options = options

    def cases(self):
        return {"memory": self.memory, "tasks": self.tasks, "batch": self.batch, "parameters": self.parameters}

    def some(self, values):
        return values[:2] if self.options.small else values

    def turns(self, measures):
        return results.take_turns(measures, self.options.rounds or (1 if self.options.small else ROUNDS))

    def worker(self, batch, tasks, layout="auto"):
        return step_worker(self.options.build, "resnet18", batch, tasks, self.options.threads, layout=layout)

    def memory(self):
        """Fresh processes, told the layout so that they try no other: the peak against what a step must hold."""
        batch = 2 if self.options.small else 64
        with self.worker(batch, 2) as ours:
            layout = ours.ask("layout")
        records = [self.memory_of(method, batch, tasks, layout) for tasks in self.some(TASKS) for method in ("sum", "mgda")]
        return records, f"resnet18, batch {batch}: memory in MB, fresh processes", ("peak_mb", "held_mb", "over_held")

    def memory_of(self, method, batch, tasks, layout):
        with self.worker(batch, tasks, layout) as ours:
            answers = [ours.ask(method) for _ in range(2)]
            parts = {name: size / 2**20 for name, size in ours.ask(f"memory {method}").items()}
        peak = parts.pop("peak")
        held = sum(parts.values())
        [record] = results.make_records({f"{method}, T = {tasks}": answers}, lambda name: {})
        return {
            **record,
            "method": method,
            "tasks": tasks,
            "batch": batch,
            "peak_mb": peak,
            "held_mb": held,
            "over_held": peak / held,
            "parts_mb": parts,
        }

    def tasks(self):
        batch = 2 if self.options.small else 32
        records = self.grow(self.some(TASKS), lambda tasks: (batch, tasks), "T")
        return records, f"resnet18, batch {batch}: growth with the tasks", ()

    def batch(self):
        records = self.grow(self.some(BATCHES), lambda batch: (batch, 2), "batch")
        return records, "resnet18, 2 tasks: growth with the batch", ()

    def grow(self, values, batch_and_tasks, field):
        """`sum` and `mgda`, ours and PyTorch's, for every value."""
        records = []
        for value in values:
            batch, tasks = batch_and_tasks(value)
            workers = {"": self.worker(batch, tasks)}
            if self.options.peers:
                workers["PyTorch: "] = peer_worker("resnet18", batch, tasks, self.options.threads)
            with close_after(workers.values()):
                measures = {
                    side + method: asking(worker, method)
                    for method in ("sum", "mgda")
                    for side, worker in workers.items()
                }
                answers = self.turns({"peak sgemm": asking(workers[""], "peak sgemm"), **measures})
            records += [
                named(record, f"{field} = {value}", batch=batch, tasks=tasks)
                for record in results.step_records(answers)
            ]
        return records

    def parameters(self):
        """Rows alone: Gramian, combine, and a whole aggregation."""
        records = []
        for parameters in self.some(PARAMETERS):
            for tasks in ROW_TASKS:
                size = 4e-9 * parameters * (tasks + 1)
                if size > LIMIT_GB:
                    print(
                        f"   left out: P = {parameters:.0e}, T = {tasks}: {size:.0f} GB of rows, more than {LIMIT_GB}"
                    )
                    continue
                records += self.rows_alone(parameters, tasks)
        return records, "rows alone: growth with the parameters", ()

    def rows_alone(self, parameters, tasks):
        with aggregate_worker(self.options.build, parameters, tasks, self.options.threads) as ours:
            names = ("peak read", "peak sgemm", "gramian", "combine", "aggregate mgda")
            answers = self.turns({name: asking(ours, name) for name in names})
        return [
            named(record, f"P = {parameters:.0e}, T = {tasks}", parameters=parameters, tasks=tasks)
            for record in results.make_records(answers, lambda name: {})
        ]


def named(record, where, **about):
    """The record of one point of a curve: `method` is the curve."""
    return {**record, **about, "method": record["variant"], "variant": f"{record['variant']}, {where}"}
