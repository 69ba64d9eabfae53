#!/usr/bin/python3
"""The training steps of bench/step.cc in Debian's PyTorch: float32, NCHW, SGD with momentum, one step a request.

    bench/peer.py CASE BATCH TASKS THREADS

Requests: "sum" (one backward pass); a method of bench/peer_methods.py (T passes); "per-layer loop" (T passes, the cosine
of every pair of tasks in every layer read as a number, as Recon's official code does); "version".
"""
import itertools
import json
import sys
import time

import torch

from peer_methods import METHODS
from peer_networks import make_case


class Trainer:
    def __init__(self, case):
        self.case = case
        self.shared = list(case.trunk.parameters())
        self.own = [list(head.parameters()) for head in case.heads]
        self.layers = [
            list(m.parameters(recurse=False)) for m in case.trunk.modules() if list(m.parameters(recurse=False))
        ]
        self.optimizer = torch.optim.SGD(case.parameters(), lr=0.01, momentum=0.9)

    def joint_step(self):
        self.optimizer.zero_grad(set_to_none=True)
        sum(self.case.task_losses()).backward()
        self.optimizer.step()

    def task_gradients(self):
        """T passes: gradients of the shared parameters [T][...]; those of the heads go to their places."""
        losses = self.case.task_losses()
        gradients = []
        for t, loss in enumerate(losses):
            found = torch.autograd.grad(loss, self.shared + self.own[t], retain_graph=t + 1 < len(losses))
            gradients.append(found[: len(self.shared)])
            for parameter, gradient in zip(self.own[t], found[len(self.shared) :]):
                parameter.grad = gradient
        return gradients

    def update(self, shared_gradients):
        for parameter, gradient in zip(self.shared, shared_gradients):
            parameter.grad = gradient
        self.optimizer.step()

    def method_step(self, method):
        rows = torch.stack([torch.cat([g.flatten() for g in of_task]) for of_task in self.task_gradients()])
        weights = method((rows @ rows.t()).double().numpy())
        direction = torch.from_numpy(weights).float() @ rows
        parts = direction.split([p.numel() for p in self.shared])
        self.update([part.view_as(p) for part, p in zip(parts, self.shared)])

    def layer_loop_step(self):
        gradients = self.task_gradients()
        place = {id(p): i for i, p in enumerate(self.shared)}
        cosines = []
        for layer in self.layers:
            vectors = [torch.cat([of_task[place[id(p)]].flatten() for p in layer]) for of_task in gradients]
            units = [v / v.norm().clamp(min=1e-12) for v in vectors]
            cosines += [torch.dot(a, b).item() for a, b in itertools.combinations(units, 2)]
        self.update([torch.stack(of_tasks).mean(0) * len(gradients) for of_tasks in zip(*gradients)])

    def step(self, request):
        if request == "sum":
            self.joint_step()
        elif request == "per-layer loop":
            self.layer_loop_step()
        else:
            self.method_step(METHODS[request])


def answer(trainers, make, request):
    if request == "version":
        return {"python_torch": torch.__version__}
    if request not in trainers:
        trainers[request] = make()
    trainer = trainers[request]
    begin = time.perf_counter()
    trainer.step(request)
    ms = 1e3 * (time.perf_counter() - begin)
    return {"ms": ms, "parameters": sum(p.numel() for p in trainer.case.parameters())}


def main():
    name, batch, tasks, threads = sys.argv[1], *map(int, sys.argv[2:5])
    torch.set_num_threads(threads)
    trainers = {}
    for line in sys.stdin:
        try:
            reply = answer(trainers, lambda: Trainer(make_case(name, batch, tasks)), line.strip())
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
