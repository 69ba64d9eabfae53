"""Reads TensorBoard's event files without TensorBoard, and holds a run's against its run.jsonl.

usage: read_events.py RUN       decodes every file (checksums included), forgets what later starts make void, compares
                                every number with the records, and prints what was there

It shares nothing with the writer: record framing, CRC-32C, protobuf's wire format and the numbers of the fields are
written down here again, from the formats' descriptions.
"""
import json
import pathlib
import struct
import sys
import tomllib


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def check(data, stored):
    crc = crc32c(data)
    masked = ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
    if masked != stored:
        sys.exit(f"checksum {stored:08x}, expected {masked:08x}")


def payloads(data):
    """The records of a file; a last one that was cut short is left out."""
    at = 0
    while at + 12 <= len(data):
        length, crc = struct.unpack_from("<QI", data, at)
        check(data[at : at + 8], crc)
        if at + 16 + length > len(data):
            return
        payload = data[at + 12 : at + 12 + length]
        check(payload, struct.unpack_from("<I", data, at + 12 + length)[0])
        yield payload
        at += 16 + length


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(data):
    """{number: [value ...]} of a message; bytes and messages stay bytes."""
    at, result = 0, {}
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        elif key & 7 == 1:
            value, at = struct.unpack_from("<d", data, at)[0], at + 8
        elif key & 7 == 5:
            value, at = struct.unpack_from("<f", data, at)[0], at + 4
        elif key & 7 == 2:
            length, at = varint(data, at)
            value, at = data[at : at + length], at + length
            if len(value) != length:
                sys.exit("a field is longer than its message")
        else:
            sys.exit(f"field {key >> 3} has the unknown kind {key & 7}")
        result.setdefault(key >> 3, []).append(value)
    return result


def doubles(data):
    return list(struct.unpack(f"<{len(data) // 8}d", data))


def read_value(value):
    """What one value of a summary says: (kind, ...)."""
    if 2 in value:
        return ("scalar", value[2][0])
    if 5 in value:
        histogram = fields(value[5][0])
        return ("histogram", doubles(histogram[6][0]), doubles(histogram[7][0]), [histogram[i][0] for i in range(1, 6)])
    if 4 in value:
        image = fields(value[4][0])
        return ("image", image[2][0], image[1][0], image[3][0], image[4][0])
    plugin = fields(fields(value[9][0])[1][0])
    tensor = fields(value[8][0])
    if plugin[1][0] == b"text":
        assert tensor[1] == [7], tensor
        return ("text", tensor[8][0].decode())
    assert plugin[1][0] == b"hparams", plugin
    return ("hparams", fields(plugin[2][0]))


def read_run(folder):
    """{tag: {step: value}} of all event files of a folder, and their number. What later starts make void is left out."""
    files = sorted(folder.glob("events.out.tfevents.*"))
    values, starts = {}, 0
    for file in files:
        events = [fields(payload) for payload in payloads(file.read_bytes())]
        assert events[0][3] == [b"brain.Event:2"] and events[0][1][0] > 1e9, events[0]
        for event in events[1:]:
            step = event.get(2, [0])[0]
            if 7 in event:
                assert fields(event[7][0]) == {1: [1]}, event
                starts += 1
                for steps in values.values() if starts > 1 else []:
                    for void in [s for s in steps if s >= step]:
                        del steps[void]
            for summary in event.get(5, []):
                for value in map(fields, fields(summary).get(1, [])):
                    values.setdefault(value[1][0].decode(), {})[step] = read_value(value)
    return values, len(files)


def single(number):
    """The number as float32 holds it."""
    return struct.unpack("<f", struct.pack("<f", float(number)))[0]


def expected_scalars(records):
    """{tag: {step: number}} from run.jsonl."""
    result, thresholds, step, conflict = {}, records[0]["thresholds"], 0, None

    def put(tag, number):
        result.setdefault(tag, {})[step] = single(number)

    for record in records[1:]:
        if record["type"] == "conflict":
            conflict = record
        if record["type"] == "epoch":
            step = record["step"]
            put("sys/learning_rate", record["learning_rate"])
            put("sys/seconds_per_step", record["seconds_per_step"])
            put("sys/skipped", record["skipped"])
            if "conflict_share" in record:
                put("conflict/share", record["conflict_share"])
            for task, numbers in record["train"].items():
                put(f"train/loss/{task}", numbers["loss"])
                if "weight" in numbers:
                    put(f"weights/{task}", numbers["weight"])
            gradients = record.get("gradients", {})
            for task, numbers in gradients.get("norms", {}).items():
                put(f"grad_norm/{task}", numbers["mean"])
            for task, numbers in gradients.get("progress", {}).items():
                put(f"progress/{task}", numbers["mean"])
                put(f"progress_up/{task}", numbers["up"])
            for name, number in gradients.get("condition", {}).items():
                put(f"conflict/condition_{name}", number)
            for task, numbers in record.get("validation", {}).items():
                for metric, number in numbers.items():
                    put(f"val/{task}/{metric}", number)
            for layer in conflict["layers"] if conflict else []:
                share = layer["below"][0][thresholds.index(0.0)] / conflict["iterations"] / len(conflict["pairs"])
                put(f"conflict/layer/{layer['name']}", share)
        if record["type"] == "end":
            for task, numbers in record["test"].items():
                for metric, number in numbers.items():
                    put(f"test/{task}/{metric}", number)
    return result


def check_histograms(values, records):
    steps = {record["epoch"]: record["step"] for record in records if record["type"] == "epoch"}
    for record in records:
        if record["type"] != "conflict":
            continue
        if len(record["pairs"]) > 45:
            assert not any(tag.startswith("conflict/cos/") for tag in values), values.keys()
            continue
        for (a, b), counts, cosine in zip(record["pairs"], record["whole"]["histogram"], record["whole"]["cosine"]):
            _, limits, bins, (low, high, num, total, squares) = values[f"conflict/cos/{a}-{b}"][steps[record["epoch"]]]
            held = [i for i, count in enumerate(counts) if count]
            assert bins == counts and num == sum(counts), (bins, counts)
            assert all(abs(limit - (-1 + (i + 1) / 20)) < 1e-12 for i, limit in enumerate(limits)), limits
            assert abs(low - (-1 + held[0] / 20)) < 1e-12 and abs(high - limits[held[-1]]) < 1e-12, (low, high)
            assert abs(total - cosine * num) < 1e-9 and 0 <= squares <= num, (total, squares)


def check_hparams(values, folder):
    """Their names and the tags by which TensorBoard compares runs."""
    config = tomllib.loads((folder / "config.toml").read_text())
    text = values["config/text_summary"][0][1]
    assert tomllib.loads(text.removeprefix("```toml\n").removesuffix("\n```\n")) == config, text
    table = fields(values["_hparams_/experiment"][0][1][2][0])
    start = fields(values["_hparams_/session_start_info"][0][1][3][0])
    given = {}
    for entry in map(fields, start[1]):
        kind, number = next(iter(fields(entry[2][0]).items()))
        given[entry[1][0].decode()] = {2: float, 3: bytes.decode, 4: bool}[kind](number[0])
    assert [fields(info)[1][0].decode() for info in table[4]] == list(given), given
    assert table[6][0].decode() == config["name"]
    assert given["train.batch_size"] == config["train"]["batch_size"] and given["method"] == config["method"], given
    return [fields(fields(info)[1][0])[2][0].decode() for info in table[5]]


def check_images(values, folder):
    """The files that pictures.json lists, byte for byte; their number."""
    images = {tag: value for tag, steps in values.items() for value in steps.values() if value[:1] == ("image",)}
    listed = {}
    if (folder / "pictures.json").exists():
        for sample in json.loads((folder / "pictures.json").read_text())["samples"]:
            listed[f"pictures/{sample['sample']}/input"] = sample["input"]
            for task, files in sample["tasks"].items():
                for kind in {"input", "truth", "prediction", "error"} & files.keys():
                    listed[f"pictures/{sample['sample']}/{task}/{kind}"] = files[kind]
    assert images.keys() == listed.keys(), (images.keys(), listed)
    for tag, (_, width, height, channels, png) in images.items():
        assert png == (folder / listed[tag]).read_bytes(), tag
        assert (width, height) == struct.unpack(">II", png[16:24]), (width, height)
        assert channels == {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}[png[25]], channels
    return len(images)


def main():
    folder = pathlib.Path(sys.argv[1])
    records = [json.loads(line) for line in (folder / "run.jsonl").open()]
    values, num_files = read_run(folder)
    scalars = {
        tag: {step: value[1] for step, value in steps.items()}
        for tag, steps in values.items()
        if any(value[0] == "scalar" for value in steps.values())
    }
    expected = expected_scalars(records)
    differing = sorted(tag for tag in scalars.keys() | expected.keys() if scalars.get(tag) != expected.get(tag))
    if differing:
        sys.exit("\n".join(f"{tag}: {scalars.get(tag)}, the records say {expected.get(tag)}" for tag in differing))
    check_histograms(values, records)
    compared = check_hparams(values, folder)
    ended = records[-1]["type"] == "end"
    assert ended == ("_hparams_/session_end_info" in values)
    assert not ended or set(compared) <= scalars.keys(), compared
    numbers = sum(map(len, scalars.values()))
    images = check_images(values, folder) if ended else 0
    print(f"{num_files} files, {len(scalars)} scalars, {numbers} numbers, {images} images; compared by", *compared)


if __name__ == "__main__":
    main()
