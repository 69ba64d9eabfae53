"""Writes torchvision's networks with random weights, an input and what they give for it: OUT/<case>.pth, <case>.io.pth."""
import sys

import torch
import torchvision

OUT = sys.argv[1]


def features_of_resnet(model):
    return torch.nn.Sequential(*list(model.children())[:-2])


def write(case, model, features):
    torch.manual_seed(len(case))
    for name, tensor in model.state_dict().items():
        if name.endswith("running_mean"):
            tensor.normal_(0, 0.1)
        elif name.endswith("running_var"):
            tensor.uniform_(0.5, 1.5)
    model.eval()
    x = torch.rand(2, 3, 64, 96)
    with torch.no_grad():
        y = features(x)
    torch.save(model.state_dict(), f"{OUT}/{case}.pth")
    torch.save({"x": x, "y": y}, f"{OUT}/{case}.io.pth")


models = torchvision.models
for case, model in [("resnet18", models.resnet18()), ("resnet34", models.resnet34()), ("resnet50", models.resnet50()),
                    ("resnet50_8", models.resnet50(replace_stride_with_dilation=[False, True, True])),
                    ("resnet50_16", models.resnet50(replace_stride_with_dilation=[False, False, True])),
                    ("resnet101", models.resnet101())]:
    write(case, model, features_of_resnet(model))
mobilenet = models.mobilenet_v2()
write("mobilenet_v2", mobilenet, mobilenet.features)
