"""The networks of bench/cases.cc in PyTorch, and LeNet, each with a batch of random data and its losses."""
import torch
import torch.nn.functional as F
import torchvision
from torch import nn


class Block(nn.Sequential):
    def __init__(self, inputs, outputs):
        super().__init__(nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU())


class SegNet(nn.Module):
    """MTAN's: five levels, pooling that remembers the places."""

    def __init__(self):
        super().__init__()
        width = [64, 128, 256, 512, 512]
        lower = [64, 64, 128, 256, 512]
        keep = lambda channels, s: nn.Sequential(*[Block(channels, channels) for _ in range(1 if s < 2 else 2)])
        self.down = nn.ModuleList(Block(3 if s == 0 else lower[s], width[s]) for s in range(5))
        self.keep_down = nn.ModuleList(keep(width[s], s) for s in range(5))
        self.up = nn.ModuleList(Block(width[s], lower[s]) for s in range(5))
        self.keep_up = nn.ModuleList(keep(lower[s], s) for s in range(5))

    def forward(self, x):
        places = []
        for s in range(5):
            x, place = F.max_pool2d(self.keep_down[s](self.down[s](x)), 2, 2, return_indices=True)
            places.append(place)
        for s in reversed(range(5)):
            x = self.keep_up[s](self.up[s](F.max_unpool2d(x, places[s], 2, 2)))
        return x


def resnet18_layers(channels):
    net = torchvision.models.resnet18()
    net.conv1 = nn.Conv2d(channels, 64, 7, 2, 3, bias=False)
    return list(net.children())[:-2]


def masked_l1(prediction, target):
    known = target > 0
    return ((prediction - target).abs() * known).sum() / known.sum()


class Case:
    """What is trained: task t predicts heads[t](trunk(inputs)), its loss is losses[t](prediction, targets[t])."""

    def __init__(self, trunk, heads, losses, inputs, targets):
        self.trunk, self.heads, self.losses, self.inputs, self.targets = trunk, heads, losses, inputs, targets

    def task_losses(self):
        features = self.trunk(self.inputs)
        return [loss(head(features), target) for head, loss, target in zip(self.heads, self.losses, self.targets)]

    def train(self, training):
        for module in (self.trunk, *self.heads):
            module.train(training)

    def parameters(self):
        return list(self.trunk.parameters()) + [p for head in self.heads for p in head.parameters()]


def classification(trunk, features, classes, tasks, shape):
    heads = [nn.Linear(features, classes) for _ in range(tasks)]
    targets = [torch.randint(0, classes, (shape[0],)) for _ in range(tasks)]
    return Case(trunk, heads, [F.cross_entropy] * tasks, torch.rand(shape), targets)


def segnet(batch):
    head = lambda outputs: nn.Sequential(nn.Conv2d(64, 64, 3, padding=1), nn.Conv2d(64, outputs, 1))
    targets = [torch.randint(0, 7, (batch, 128, 256)), torch.rand(batch, 1, 128, 256) + 0.1]
    losses = [lambda p, t: F.cross_entropy(p, t, ignore_index=-1), masked_l1]
    return Case(SegNet(), [head(7), head(1)], losses, torch.rand(batch, 3, 128, 256), targets)


def make_case(name, batch, tasks):
    if name == "resnet18":
        neck = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 100), nn.ReLU()]
        return classification(nn.Sequential(*resnet18_layers(1), *neck), 100, 10, tasks, (batch, 1, 36, 36))
    if name == "lenet":
        trunk = nn.Sequential(
            nn.Conv2d(1, 10, 9),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Conv2d(10, 20, 5),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(500, 50),
            nn.ReLU(),
        )
        return classification(trunk, 50, 10, tasks, (batch, 1, 36, 36))
    if name == "celeba":
        return classification(nn.Sequential(*resnet18_layers(3), nn.Flatten()), 2048, 2, tasks, (batch, 3, 64, 64))
    if name == "mobilenet":
        trunk = nn.Sequential(torchvision.models.mobilenet_v2().features, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        return classification(trunk, 1280, 10, tasks, (batch, 3, 128, 128))
    if name == "segnet":
        return segnet(batch)
    raise ValueError(f"no case {name}")
