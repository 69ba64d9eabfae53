"""The micro suite: small pieces by Google Benchmark, every aggregator on rows alone, the loader beside PyTorch's."""
import json
import subprocess

import results
from growth import named
from worker import BENCH, PYTHON, aggregate_worker, asking

PIECES = {
    "fused_layer_gramians": "naive_layer_gramians",
    "fused_combine": "matrix_vector_combine",
}  # and what they replace
KERNELS = ("convolution", "batch_norm")
MS = {"ns": 1e-6, "us": 1e-3, "ms": 1.0, "s": 1e3}
AGGREGATE_TASKS = (2, 3, 11, 40)
AGGREGATE_PARAMETERS = (10**5, 10**6, 11 * 10**6)


def run_pieces(build, seconds, name_filter="."):
    """One run of bench_micro: {benchmark: {ms, flop, bytes}}."""
    command = [
        build / "bench/bench_micro",
        "--benchmark_format=json",
        f"--benchmark_min_time={seconds}",
        f"--benchmark_filter={name_filter}",
    ]
    found = json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout)
    return {piece_name(row["name"]): piece_answer(row) for row in found["benchmarks"]}


def piece_name(name):
    return name.removesuffix("/real_time")


def piece_answer(row):
    """Google Benchmark's row; rates are numbers a second."""
    if row.get("error_occurred"):
        raise ValueError(f"bench_micro: {row['name']}: {row['error_message']}")
    ms = row["real_time"] * MS[row["time_unit"]]
    answer = {"ms": ms}
    if "bytes_per_second" in row:
        answer["bytes"] = row["bytes_per_second"] * ms / 1e3
    if "flop" in row:
        answer["flop"] = row["flop"] * ms / 1e3
    return answer


def piece_baseline(name):
    """What the piece is compared with: fused_combine/3 with matrix_vector_combine/3, a kernel with LibTorch's."""
    head, _, rest = name.partition("/")
    if head in PIECES:
        return {"naive": f"{PIECES[head]}/{rest}"}
    return {"LibTorch": f"{head}/{rest.partition('/')[0]}/LibTorch"} if head in KERNELS else {}


class MicroSuite:
    """`options` as for StepSuite."""

    def __init__(self, options):
        self.options = options

    def cases(self):
        return {"pieces": self.pieces, "aggregators": self.aggregators, "loader": self.loader}

    def pieces(self):
        rounds = self.options.rounds or (1 if self.options.small else 3)
        answers = {}
        for _ in range(rounds):
            for name, answer in run_pieces(self.options.build, 0.001 if self.options.small else 0.05).items():
                answers.setdefault(name.replace("peak_", "peak "), []).append(answer)
        return (
            results.make_records(answers, piece_baseline),
            "small pieces; solve: the T x T problem, Gramian given",
            (),
        )

    def aggregators(self):
        """Whole aggregations, rows given; the baseline is the plain sum of the rows."""
        records = []
        for parameters in AGGREGATE_PARAMETERS[:1] if self.options.small else AGGREGATE_PARAMETERS:
            for tasks in AGGREGATE_TASKS[:2] if self.options.small else AGGREGATE_TASKS:
                records += self.aggregators_on(parameters, tasks)
        return records, "aggregation, rows given", ()

    def aggregators_on(self, parameters, tasks):
        with aggregate_worker(self.options.build, parameters, tasks, self.options.threads) as ours:
            names = ["peak read", "peak sgemm"] + [f"aggregate {name}" for name in ours.ask("aggregators")]
            measures = {name.removeprefix("aggregate "): asking(ours, name) for name in names}
            answers = results.take_turns(measures, self.options.rounds or (1 if self.options.small else 2))
        baseline = lambda name: {} if name.startswith("peak ") else {"sum": "sum"}
        return [
            named(record, f"P = {parameters:.1e}, T = {tasks}", parameters=parameters, tasks=tasks)
            for record in results.make_records(answers, baseline)
        ]

    def loader(self):
        """Milliseconds a sample; bench/loader.py lets both sides take turns."""
        program = self.options.build / "bench/bench_loader"
        if not self.options.peers:
            answer = subprocess.run(
                [program, "digits", "", "256", "0", "1"], check=True, capture_output=True, text=True
            )
            answers = {"digits, reconcile, 0 workers": [{"ms": 1e3 / float(answer.stdout)}]}
            return results.make_records(answers, lambda name: {}), "loader: ms a sample", ()
        rounds = self.options.rounds or (1 if self.options.small else 2)
        seconds = 0.2 if self.options.small else 3.0
        command = [PYTHON, "-B", BENCH / "loader.py", program, rounds, "/dev/shm/loader-bench", seconds, "--records"]
        found = subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True).stdout
        records = [json.loads(line) for line in found.splitlines()]
        return records, "loader: ms a sample, against the better of PyTorch's DataLoader with 0 and 2 workers", ()
