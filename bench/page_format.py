"""Numbers and tables of docs/results/performance.md."""


def markdown(head, rows):
    """A table; the first column is text, the others are numbers."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def number(value, digits=3):
    """Three figures, never in the e form: "0.123", "1.23", "123", "12300"."""
    if value is None:
        return ""
    if value >= 10 ** (digits - 1):
        return f"{value:.0f}"
    rounded = float(f"{value:.{digits}g}")
    return f"{rounded:.{max(0, digits - 1 - exponent(rounded))}f}"


def exponent(value):
    return int(f"{value:e}".split("e")[1]) if value else 0


def times(value):
    return "" if value is None else f"{value:.2f}x"


def percent(value):
    return "" if value is None else f"{100 * value:.1f} %" if value < 0.0995 else f"{100 * value:.0f} %"


def percent_more(ratio):
    return "" if ratio is None else f"{100 * (ratio - 1):+.1f} %"
