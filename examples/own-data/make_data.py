#!/usr/bin/env python3
"""Draws the data of docs/guide/own-data.md: 160 pictures of a road with three answers each, and a table of cars.

    make_data.py FOLDER
"""
import csv
import pathlib
import random
import struct
import sys
import zlib

HEIGHT, WIDTH = 32, 48


def write_png(path, rows, depth=8, colour=False):
    """Rows of numbers of `depth` bits, three for each pixel if it has colour."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    form = ">B" if depth == 8 else ">H"
    lines = b"".join(b"\0" + b"".join(struct.pack(form, value) for value in row) for row in rows)
    header = struct.pack(">IIBBBBB", len(rows[0]) // (3 if colour else 1), len(rows), depth, 2 if colour else 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) +
                     chunk(b"IEND", b""))


def draw_road(chance):
    """A picture, its classes (0 sky, 1 grass, 2 road), its depth in millimetres (0 where unknown), and the weather."""
    horizon = chance.randrange(8, 16)
    middle = chance.uniform(16, 32)
    light, weather = (0.6, "rain") if chance.random() < 0.4 else (1.0, "sun")
    colours = [(120, 170, 230), (60, 130, 60), (110, 110, 115)]
    picture, classes, depth = [], [], []
    for y in range(HEIGHT):
        below = y - horizon
        row = [0 if below < 0 else 2 if abs(x - middle) < 2 + 0.7 * below else 1 for x in range(WIDTH)]
        classes.append(row)
        depth.append([0 if below < 0 else 40000 // (below + 1)] * WIDTH)
        picture.append([min(255, max(0, round(c * light + chance.gauss(0, 14)))) for k in row for c in colours[k]])
    classes[-1] = [255] * WIDTH  # nobody labelled the last row
    return picture, classes, depth, weather


def make_road(folder, chance):
    for name in ("rgb", "lanes", "range"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    with (folder / "tags.csv").open("w", newline="") as file:
        tags = csv.writer(file)
        tags.writerow(["picture", "weather"])
        for number in range(160):
            name = f"{number:04}"
            picture, classes, depth, weather = draw_road(chance)
            write_png(folder / "rgb" / f"{name}.png", picture, colour=True)
            if number % 8 != 3:  # some pictures have no classes
                write_png(folder / "lanes" / f"{name}.png", classes)
            write_png(folder / "range" / f"{name}.png", depth, depth=16)
            tags.writerow([name, weather if number % 10 else ""])


def make_cars(folder, chance):
    with (folder / "cars.csv").open("w", newline="") as file:
        cars = csv.writer(file)
        cars.writerow(["weight", "power", "age", "consumption", "price", "fuel"])
        for _ in range(400):
            weight, power, age = chance.uniform(800, 2400), chance.uniform(40, 250), chance.uniform(0, 15)
            fuel = "diesel" if weight > 1500 and chance.random() < 0.8 else "petrol"
            consumption = 2 + weight / 500 + power / 60 - (1 if fuel == "diesel" else 0) + chance.gauss(0, 0.2)
            price = (8 + weight / 100 + power / 4) * 0.88 ** age + chance.gauss(0, 0.5)
            cars.writerow([f"{weight:.0f}", f"{power:.0f}", f"{age:.1f}", f"{consumption:.2f}", f"{price:.2f}", fuel])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = pathlib.Path(sys.argv[1])
    make_road(target, random.Random(1))
    make_cars(target, random.Random(2))
