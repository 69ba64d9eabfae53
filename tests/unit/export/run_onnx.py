"""Checks and runs the ONNX files of a folder; an evaluator in NumPy, from the ONNX specification (opset 13).

    run_onnx.py FOLDER COUNT

Beside NAME.onnx stand NAME.K.input.npy and NAME.K.TASK.npy: sample K and what comes out of it. COUNT such outputs must be
there and agree within 1e-5 of their largest number.
"""
import json
import math
import pathlib
import sys

import numpy as np
import onnx
from onnx import numpy_helper, shape_inference

ERF = np.vectorize(math.erf, otypes=[np.float32])


def windows(x, kernel, strides, dilations):
    """[N, C, kh, kw, oh, ow]: what stands below the kernel at each place of a padded image."""
    height, width = ((size - d * (k - 1) - 1) // s + 1 for size, k, s, d in zip(x.shape[2:], kernel, strides, dilations))
    rows = [[x[:, :, i * dilations[0]:i * dilations[0] + (height - 1) * strides[0] + 1:strides[0],
               j * dilations[1]:j * dilations[1] + (width - 1) * strides[1] + 1:strides[1]]
             for j in range(kernel[1])] for i in range(kernel[0])]
    return np.stack([np.stack(row, 2) for row in rows], 2)


def pad(x, pads, value):
    return np.pad(x, [(0, 0), (0, 0), (pads[0], pads[2]), (pads[1], pads[3])], constant_values=value)


def conv(x, w, b=None, *, strides, pads, dilations, group):
    below = windows(pad(x, pads, 0), w.shape[2:], strides, dilations)
    parts = [np.einsum("nchwyx,ochw->noyx", part, weight)
             for part, weight in zip(np.split(below, group, 1), np.split(w, group, 0))]
    y = np.concatenate(parts, 1)
    return y if b is None else y + b[:, None, None]


def conv_transpose(x, w, b=None, *, strides, pads, dilations, group, output_padding):
    n, _, h, wd = x.shape
    size = [(s - 1) * st + d * (k - 1) + 1 + o for s, st, d, k, o in
            zip((h, wd), strides, dilations, w.shape[2:], output_padding)]
    y = np.zeros((n, w.shape[1] * group, *size), np.float32)
    for g, (part, weight) in enumerate(zip(np.split(x, group, 1), np.split(w, group, 0))):
        channels = slice(g * w.shape[1], (g + 1) * w.shape[1])
        for i in range(w.shape[2]):
            for j in range(w.shape[3]):
                rows = slice(i * dilations[0], i * dilations[0] + (h - 1) * strides[0] + 1, strides[0])
                columns = slice(j * dilations[1], j * dilations[1] + (wd - 1) * strides[1] + 1, strides[1])
                y[:, channels, rows, columns] += np.einsum("nchw,co->nohw", part, weight[:, :, i, j])
    y = y[:, :, pads[0]:y.shape[2] - pads[2], pads[1]:y.shape[3] - pads[3]]
    return y if b is None else y + b[:, None, None]


def max_pool(x, *, kernel_shape, strides, pads, dilations, ceil_mode):
    if ceil_mode:  # the last window may stand over the edge
        ends = [(-(x.shape[2 + i] + pads[i] + pads[i + 2] - kernel_shape[i])) % strides[i] for i in (0, 1)]
        pads = [pads[0], pads[1], pads[2] + ends[0], pads[3] + ends[1]]
    flat = np.arange(x.size, dtype=np.float64).reshape(x.shape)  # indices count over the whole tensor
    below = windows(pad(x, pads, -np.inf), kernel_shape, strides, dilations)
    places = windows(pad(flat, pads, -1), kernel_shape, strides, dilations)
    n, c, kh, kw, h, w = below.shape
    below, places = below.reshape(n, c, kh * kw, h, w), places.reshape(n, c, kh * kw, h, w)
    best = below.argmax(2)[:, :, None]
    take = lambda values: np.take_along_axis(values, best, 2)[:, :, 0]
    return take(below), take(places).astype(np.int64)


def max_unpool(x, indices, shape, **_):
    y = np.zeros(int(np.prod(shape)), x.dtype)
    y[indices.ravel()] = x.ravel()
    return y.reshape(shape)


def average_pool(x, *, kernel_shape, strides, pads, ceil_mode, count_include_pad):
    assert not ceil_mode
    total = windows(pad(x, pads, 0), kernel_shape, strides, [1, 1]).sum((2, 3))
    ones = windows(pad(np.ones_like(x), pads, count_include_pad), kernel_shape, strides, [1, 1]).sum((2, 3))
    return total / ones


def coordinates(out_size, in_size, scale, mode):
    """Where each output pixel lies in the input."""
    place = np.arange(out_size)
    if mode == "align_corners":
        return place * (in_size - 1) / max(out_size - 1, 1)
    return (place + 0.5) / scale - 0.5 if mode == "half_pixel" else place / scale


def resize(x, _roi, scales, sizes=None, *, mode, coordinate_transformation_mode, nearest_mode="floor"):
    for axis in (2, 3):
        scale = scales[axis] if scales is not None else sizes[axis] / x.shape[axis]
        out = int(math.floor(x.shape[axis] * scale)) if scales is not None else int(sizes[axis])
        at = coordinates(out, x.shape[axis], scale, coordinate_transformation_mode)
        low = np.floor(at + (1e-9 if mode == "nearest" else 0)).astype(int)
        below = np.take(x, low.clip(0, x.shape[axis] - 1), axis)
        if mode == "nearest":
            assert nearest_mode == "floor"
            x = below
            continue
        above = np.take(x, (low + 1).clip(0, x.shape[axis] - 1), axis)
        part = (at - low).reshape([-1 if d == axis else 1 for d in range(4)])
        x = (below * (1 - part) + above * part).astype(np.float32)
    return x


def reshape(x, shape):
    return x.reshape([x.shape[i] if size == 0 else size for i, size in enumerate(shape)])


def softmax(x, *, axis):
    y = np.exp(x - x.max(axis, keepdims=True))
    return y / y.sum(axis, keepdims=True)


def squeeze(x, axes):
    return x.squeeze(tuple(axes))


def unsqueeze(x, axes):
    return np.expand_dims(x, tuple(axes))


def gemm(a, b, c=None, *, transB=0, alpha=1, beta=1):
    y = alpha * (a @ (b.T if transB else b))
    return y if c is None else y + beta * c


def slice_(x, starts, ends, axes=(0,), steps=(1,)):
    for start, end, axis, step in zip(starts, ends, axes, steps):
        x = x[(slice(None),) * (axis % x.ndim) + (slice(start, end, step),)]
    return x


def split(x, sizes=None, *, axis, outputs):
    cuts = outputs if sizes is None else np.cumsum(sizes)[:-1]
    return tuple(np.split(x, cuts, axis))


def reduce(function):
    def apply(x, axes_input=None, *, axes=None, keepdims=1):
        axes = axes if axes_input is None else axes_input
        return function(x, axis=None if axes is None else tuple(axes), keepdims=bool(keepdims))
    return apply


RULES = {
    "Abs": np.abs, "Add": np.add, "AveragePool": average_pool, "Conv": conv, "ConvTranspose": conv_transpose,
    "BatchNormalization": lambda x, w, b, m, v, *, epsilon: (x - m[:, None, None]) / np.sqrt(v + epsilon)[:, None, None]
        * w[:, None, None] + b[:, None, None],
    "Clip": lambda x, low=None, high=None: x if low is high is None else np.clip(x, low, high),
    "Concat": lambda *parts, axis: np.concatenate(parts, axis), "Div": np.divide, "Erf": ERF, "Exp": np.exp,
    "Expand": lambda x, shape: x * np.ones(shape, x.dtype), "Gather": lambda x, i, axis=0: np.take(x, i, axis),
    "Gemm": gemm, "GlobalAveragePool": lambda x: x.mean((2, 3), keepdims=True), "Identity": lambda x: x, "Log": np.log,
    "LogSoftmax": lambda x, axis: np.log(softmax(x, axis=axis)), "MatMul": np.matmul, "Max": np.maximum,
    "MaxPool": max_pool, "MaxUnpool": max_unpool, "Min": np.minimum, "Mul": np.multiply, "Neg": np.negative,
    "Pow": np.power, "Reciprocal": np.reciprocal, "ReduceMean": reduce(np.mean), "ReduceSum": reduce(np.sum),
    "ReduceL1": reduce(lambda x, **k: np.abs(x).sum(**k)), "ReduceL2": reduce(lambda x, **k: np.sqrt((x * x).sum(**k))),
    "Relu": lambda x: np.maximum(x, 0), "Reshape": reshape, "Resize": resize,
    "Shape": lambda x: np.array(x.shape, np.int64), "Sigmoid": lambda x: 1 / (1 + np.exp(-x)), "Slice": slice_,
    "Softmax": softmax, "Split": split, "Sqrt": np.sqrt, "Squeeze": squeeze, "Sub": np.subtract, "Tanh": np.tanh,
    "Transpose": lambda x, perm: x.transpose(perm), "Unsqueeze": unsqueeze,
}


def attribute(item):
    value = onnx.helper.get_attribute_value(item)
    return value.decode() if isinstance(value, bytes) else value


def run(graph, x):
    """All values of the graph by name."""
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    values.update({"input": x, "": None})
    for node in graph.node:
        attributes = {item.name: attribute(item) for item in node.attribute}
        if node.op_type == "Split":
            attributes["outputs"] = len(node.output)
        results = RULES[node.op_type](*[values[name] for name in node.input], **attributes)
        values.update(zip(node.output, results if isinstance(results, tuple) else (results,)))
    return values


def matches(declared, shape):
    dims = [d.dim_value if d.HasField("dim_value") else None for d in declared.type.tensor_type.shape.dim]
    return len(dims) == len(shape) and all(d in (None, size) for d, size in zip(dims, shape))


def problems(path):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    shape_inference.infer_shapes(model, strict_mode=True)
    tasks = [task["name"] for task in json.loads(model.metadata_props[0].value)["tasks"]]
    if tasks != [output.name for output in model.graph.output]:
        yield f"{path.name}: outputs are not {tasks}"
    for file in sorted(path.parent.glob(f"{path.stem}.*.input.npy")):
        x = np.load(file)
        if not matches(model.graph.input[0], x.shape):
            yield f"{file.name}: the declared input takes no {x.shape}"
        values = run(model.graph, x)
        for output in model.graph.output:
            expected = np.load(str(file).replace("input.npy", f"{output.name}.npy"))
            got = values[output.name]
            run.compared += 1
            if got.shape != expected.shape or not matches(output, got.shape):
                yield f"{file.name}: {output.name} is {got.shape}, not {expected.shape}"
            elif not np.abs(got - expected).max() <= 1e-5 * max(1, np.abs(expected).max()):
                yield f"{file.name}: {output.name} is off by {np.abs(got - expected).max()}"


if __name__ == "__main__":
    folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    run.compared = 0
    found = [problem for path in sorted(folder.glob("*.onnx")) for problem in problems(path)]
    if run.compared != count:
        found.append(f"{run.compared} outputs were compared, not {count}")
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)
