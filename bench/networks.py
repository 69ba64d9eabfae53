#!/usr/bin/python3
"""Forward and backward time of our backbones against the same networks in PyTorch from Python.

    bench/networks.py build/bench/bench_networks [rounds, default 5]

Both sides take turns, round by round, with the same number of threads; medians over the rounds and their ratio are
printed. The networks are those of bench/peer_networks.py.
"""
import statistics
import subprocess
import sys
import time

try:
    import torch
    import torchvision

    from peer_networks import SegNet, resnet18_layers
except ImportError as error:
    sys.exit(f"bench/networks.py: {error}; install python3-torch and python3-torchvision")

THREADS = 2
STEPS = 5


def resnet18():
    return torch.nn.Sequential(*resnet18_layers(3))


def seconds_of_pass(model, parameters, x):
    begin = time.perf_counter()
    torch.autograd.grad(model(x).square().mean(), parameters)
    return time.perf_counter() - begin


def python_time(model, shape):
    x = torch.rand(shape)
    parameters = list(model.parameters())
    return statistics.median([seconds_of_pass(model, parameters, x) for _ in range(STEPS + 1)][1:])


def our_time(program, backbone, shape):
    command = [program, backbone, str(shape[0]), str(shape[2]), str(shape[3]), str(STEPS), str(THREADS)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    program = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    torch.set_num_threads(THREADS)
    cases = [
        ("resnet18", resnet18, (32, 3, 64, 64)),
        ("segnet", SegNet, (2, 3, 128, 256)),
        (
            "mobilenet_v2(raspp=false, output_stride=32)",
            lambda: torchvision.models.mobilenet_v2().features,
            (8, 3, 128, 128),
        ),
    ]
    for backbone, make, shape in cases:
        model = make()
        theirs, ours = [], []
        for _ in range(rounds):
            theirs.append(python_time(model, shape))
            ours.append(our_time(program, backbone, shape))
        a, b = statistics.median(ours), statistics.median(theirs)
        print(
            f"{backbone:<44} batch {shape[0]:>3} at {shape[2]}x{shape[3]}: reconcile {a:.3f} s, PyTorch {b:.3f} s, "
            f"ratio {a / b:.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
