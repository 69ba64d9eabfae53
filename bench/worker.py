"""A program that answers requests: one line in, one JSON object a line out (bench/worker.h, bench/peer.py)."""
import contextlib
import json
import pathlib
import subprocess
import sys

BENCH = pathlib.Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3" if pathlib.Path("/usr/bin/python3").exists() else sys.executable


class Refused(Exception):
    """The program said that it cannot do what was asked."""


class Missing(Refused):
    """What it needs is not installed or not on this machine: no fault of the program."""


class Worker:
    """`ask` waits for the answer; the process lives until `close`, or the end of a `with`."""

    def __init__(self, *command):
        self.command = [str(part) for part in command]
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, request):
        try:
            print(request, file=self.process.stdin, flush=True)
        except BrokenPipeError:
            pass  # the empty answer below says so
        line = self.process.stdout.readline()
        if not line:
            raise Refused(f"{' '.join(self.command)}: no answer to \"{request}\", exit status {self.process.wait()}")
        answer = json.loads(line)
        if isinstance(answer, dict) and "error" in answer:
            raise Refused(f"{' '.join(self.command)}: {answer['error']}")
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def asking(worker, request):
    """What bench/results.py calls to measure one variant."""
    return lambda: worker.ask(request)


@contextlib.contextmanager
def close_after(workers):
    try:
        yield
    finally:
        for worker in workers:
            worker.close()


def step_worker(build, case, batch, tasks, threads, precision="float32", layout="auto"):
    return Worker(build / "bench/bench_step", case, batch, tasks, threads, precision, layout)


def aggregate_worker(build, parameters, tasks, threads):
    return Worker(build / "bench/bench_aggregate", parameters, tasks, threads)


def peer_worker(case, batch, tasks, threads):
    return Worker(PYTHON, "-B", BENCH / "peer.py", case, batch, tasks, threads)


def peer_is_there():
    """Whether Debian's PyTorch can be imported from Python."""
    found = subprocess.run([PYTHON, "-c", "import torch, torchvision, scipy"], capture_output=True)
    return found.returncode == 0
