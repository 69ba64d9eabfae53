"""Golden values of tests/unit/train/optimizer_test.cc: /usr/bin/python3 tests/golden/make_optimizers.py

One parameter from 1.0, loss = p^2 (gradient 2 p), three steps with learning rate 0.1, by Python's torch.optim in float64.
"""
import torch


def run(make):
    p = torch.ones(1, dtype=torch.float64, requires_grad=True)
    optimizer = make([p])
    for _ in range(3):
        optimizer.zero_grad()
        (p * p).sum().backward()
        optimizer.step()
    return p.item()


print("SGD_MOMENTUM", repr(run(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9))))
print("SGD_DECAY", repr(run(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.5))))
print("ADAM_PLAIN", repr(run(lambda p: torch.optim.Adam(p, lr=0.1))))
