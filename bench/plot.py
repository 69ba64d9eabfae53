"""Small line charts as SVG: both axes logarithmic, one line a series, its name at its end."""
import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 560, 300
LEFT, RIGHT, TOP, BOTTOM = 60, 130, 30, 40
COLOURS = ("#1f6feb", "#d9822b", "#2da44e", "#a371f7", "#cf222e", "#57606a")
GRAY = "#808080"  # readable on light and on dark pages


def log_ticks(low, high):
    """Powers of ten inside [low, high]; with less than two of them also their doubles and fives."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    inside = lambda steps: [
        step * 10.0**decade for decade in decades for step in steps if low <= step * 10.0**decade <= high
    ]
    tens = inside((1,))
    return tens if len(tens) > 1 else inside((1, 2, 5))


def short(value):
    """ "1000", "0.1", "1e6"."""
    return f"{value:g}".replace("e+0", "e")


def position(value, low, high, begin, end):
    share = (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))
    return begin + share * (end - begin)


def span(values):
    """The range of the values, widened so that it is not empty."""
    low, high = min(values), max(values)
    return (low / 1.2, high * 1.2)


def text(x, y, content, anchor="start", colour=GRAY):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(content)}</text>'


def apart(places, distance=13):
    """The places of the labels, moved down until none covers another; {name: y}."""
    result, last = {}, -math.inf
    for name, y in sorted(places.items(), key=lambda item: item[1]):
        last = max(y, last + distance)
        result[name] = last
    return result


def chart(title, x_title, y_title, series):
    """`series`: {name: [(x, y) ...]}, all positive. The SVG as text; ticks below stand at the points."""
    x_low, x_high = span([x for points in series.values() for x, _ in points])
    y_low, y_high = span([y for points in series.values() for _, y in points])
    at_x = lambda x: position(x, x_low, x_high, LEFT, WIDTH - RIGHT)
    at_y = lambda y: position(y, y_low, y_high, HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="11" role="img"><title>{escape(title)}</title>'
    ]
    for x in sorted({x for points in series.values() for x, _ in points}):
        parts.append(f'<path d="M{at_x(x):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="{GRAY}" stroke-opacity="0.25"/>')
        parts.append(text(at_x(x), HEIGHT - BOTTOM + 15, short(x), "middle"))
    for y in log_ticks(y_low, y_high):
        parts.append(f'<path d="M{LEFT} {at_y(y):.1f}H{WIDTH - RIGHT}" stroke="{GRAY}" stroke-opacity="0.25"/>')
        parts.append(text(LEFT - 6, at_y(y) + 4, short(y), "end"))
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, x_title, "middle"))
    parts.append(text(LEFT, TOP - 12, y_title))
    labels = apart({name: at_y(points[-1][1]) + 4 for name, points in series.items()})
    for (name, points), colour in zip(series.items(), COLOURS):
        path = " ".join(f"{at_x(x):.1f},{at_y(y):.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{at_x(x):.1f}" cy="{at_y(y):.1f}" r="2.5" fill="{colour}"/>' for x, y in points]
        parts.append(text(WIDTH - RIGHT + 8, labels[name], name, colour=colour))
    return "\n".join(parts) + "\n</svg>\n"
