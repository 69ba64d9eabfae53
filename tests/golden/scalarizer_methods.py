"""The scalarizers as formulas with 50 digits, for make_scalarizers.py."""
import itertools

from mpmath import mp, mpf

mp.dps = 50


def softmax(x):
    powers = [mp.exp(v - max(x)) for v in x]
    return [p / sum(powers) for p in powers]


def dot(a, b):
    return mp.fsum(x * y for x, y in zip(a, b))


def mean(x):
    return mp.fsum(x) / len(x)


def length(x):
    return mp.sqrt(dot(x, x))


def power_mean(l, p):
    return mp.exp(mean([mp.log(v) for v in l])) if p == 0 else mean([v**p for v in l]) ** (1 / p)


def normal(rng):
    first, second = (mpf(rng.next() >> 11) / 2**53 for _ in range(2))
    return mp.sqrt(-2 * mp.log(1 - first)) * mp.cos(2 * mp.pi * second)


class Method:
    """`value(l)` with what is constant in this step held in self; `parameters` are differentiated too."""
    parameters = ()

    def __init__(self, T, given, rng):
        self.T, self.given, self.rng = T, given, rng

    def option(self, name, default):
        value = self.given.get(name, default)
        return [mpf(v) for v in value] if isinstance(value, list) else value if isinstance(value, str) else mpf(value)

    def prepare(self, l, step, epochs, progress):
        """Fixes the constants of this step; called before value()."""

    def finish(self, l, epoch_ends, epochs):
        """Learns from this step."""

    def after_step(self, l):
        pass

    def after_validation(self, achievements):
        pass


class Sum(Method):
    def value(self, l):
        return mp.fsum(l)


class Mean(Method):
    def value(self, l):
        return mean(l)


class Constant(Method):
    def value(self, l):
        return dot(self.option("weights", [1] * self.T), l)


class Rlw(Method):
    def prepare(self, l, step, epochs, progress):
        self.w = softmax([normal(self.rng) for _ in l])

    def value(self, l):
        return dot(self.w, l)


class Uw(Method):
    parameters = ("s",)

    def __init__(self, *args):
        super().__init__(*args)
        self.s = [self.option("start", 0)] * self.T

    def value(self, l):
        return mp.fsum(mp.exp(-s) * v / 2 + s / 2 for s, v in zip(self.s, l))


class ImtlL(Method):
    parameters = ("s",)

    def __init__(self, *args):
        super().__init__(*args)
        self.s = [mpf(0)] * self.T

    def value(self, l):
        return mp.fsum(mp.exp(s) * v - s for s, v in zip(self.s, l))


class Dwa(Method):
    def __init__(self, *args):
        super().__init__(*args)
        self.epoch, self.means, self.w = [], [], [mpf(1)] * self.T

    def value(self, l):
        return dot(self.w, l)

    def finish(self, l, epoch_ends, epochs):
        self.epoch.append(l)
        if not epoch_ends:
            return
        self.means.append([mean(column) for column in zip(*self.epoch)])
        self.epoch = []
        if len(self.means) >= 2:
            ratios = [b / a if a > 0 and b > 0 else mpf(1) for a, b in zip(*self.means[-2:])]
            self.w = [self.T * share for share in softmax([r / self.option("temperature", 2) for r in ratios])]


class Lsb(Method):
    def __init__(self, *args):
        super().__init__(*args)
        self.epoch, self.records, self.w = [], [], [mpf(1) / self.T] * self.T

    def value(self, l):
        return dot(self.w, l)

    def finish(self, l, epoch_ends, epochs):
        self.epoch.append([*l, self.value(l)])
        if not epoch_ends:
            return
        *m, total = [mean(column) for column in zip(*self.epoch)]
        self.epoch = []
        b = [total / (self.T * v) for v in m]
        self.records.append((b, m))
        d = [mpf(1)] * self.T
        if len(self.records) > 1 and self.given.get("difficulty", True):
            power = mpf(len(self.records) - 1) / epochs
            (b0, m0), (b1, m1) = self.records[-2:]
            d = [((b1[t] / b0[t]) / (m1[t] / m0[t])) ** power for t in range(self.T)]
        self.w = [b[t] * d[t] * self.T / sum(d) for t in range(self.T)]


class Gls(Method):
    def value(self, l):
        return mp.fprod(l) ** (mpf(1) / self.T)


class Si(Method):
    def value(self, l):
        return mp.fsum(mp.log(v) for v in l)


class Gemtl(Method):
    def prepare(self, l, step, epochs, progress):
        p = self.option("p", -0.5)
        self.p = p + (self.option("p_end", 0.5) - p) * progress

    def value(self, l):
        return power_mean(l, self.p)


class GemtlSpread(Method):
    def prepare(self, l, step, epochs, progress):
        sd = mp.sqrt(mean([(v - mean(l)) ** 2 for v in l]))
        self.p = self.option("offset", 1) + self.option("factor", -2) * sd ** self.option("power", 1)

    def value(self, l):
        return power_mean(l, self.p)


class Stch(Method):
    def __init__(self, *args):
        super().__init__(*args)
        self.fixed = self.option("form", "log") == "fixed"
        self.seen, self.nadir = [], None

    def prepare(self, l, step, epochs, progress):
        self.accumulates = self.nadir is None and step[0] >= self.option("warmup_epochs", 4)

    def value(self, l):
        if self.fixed:
            x = [r * (v - z) for r, v, z in zip(self.option("preference", [1] * self.T), l, self.option("reference", [0] * self.T))]
        elif self.nadir is None:
            return mp.fsum(mp.log(v) for v in l)
        else:
            x = [mp.log(v / n) for v, n in zip(l, self.nadir)]
        mu = self.option("mu", 1)
        return self.T * mu * mp.log(mp.fsum(mp.exp(v / mu) for v in x))

    def finish(self, l, epoch_ends, epochs):
        if self.accumulates:
            self.seen.append(l)
            if epoch_ends:
                self.nadir = [mean(column) for column in zip(*self.seen)]


class Pbi(Method):
    def value(self, l):
        r = self.option("preference", [1] * self.T)
        v = [a - b for a, b in zip(l, self.option("reference", [0] * self.T))]
        d1 = dot(v, r) / length(r)
        d2 = length([a - d1 * b / length(r) for a, b in zip(v, r)])
        return (d1 + self.option("theta", 5) * d2) * length(r) / sum(r)


class Cosmos(Method):
    def value(self, l):
        r = self.option("preference", [mpf(1) / self.T] * self.T)
        return dot(r, l) - self.option("lambda", 1) * dot(r, l) / (length(r) * length(l))


class Famo(Method):
    def __init__(self, *args):
        super().__init__(*args)
        self.logits, self.m, self.v = ([mpf(0)] * self.T for _ in range(3))
        self.k = 0

    def distances(self, l):
        return [a - b for a, b in zip(l, self.option("min_losses", [0] * self.T))]

    def prepare(self, l, step, epochs, progress):
        self.z, self.before = softmax(self.logits), self.distances(l)
        self.c = mp.fsum(z / d for z, d in zip(self.z, self.before))

    def value(self, l):
        return mp.fsum(z * mp.log(d) for z, d in zip(self.z, self.distances(l))) / self.c

    def after_step(self, l):
        delta = [mp.log(a) - mp.log(b) for a, b in zip(self.before, self.distances(l))]
        jacobian = [[self.z[i] * ((i == j) - self.z[j]) for j in range(self.T)] for i in range(self.T)]
        self.k += 1
        for t in range(self.T):
            g = dot([row[t] for row in jacobian], delta) + self.option("weight_decay", 0.001) * self.logits[t]
            self.m[t] = mpf("0.9") * self.m[t] + mpf("0.1") * g
            self.v[t] = mpf("0.999") * self.v[t] + mpf("0.001") * g * g
            m, v = self.m[t] / (1 - mpf("0.9") ** self.k), self.v[t] / (1 - mpf("0.999") ** self.k)
            self.logits[t] -= self.option("lr", 0.025) * m / (mp.sqrt(v) + mpf("1e-8"))


class Amtl(Method):
    def __init__(self, *args):
        super().__init__(*args)
        self.shares, self.kpi = [mpf(1) / self.T] * self.T, None

    def value(self, l):
        return mp.fprod(v**share for v, share in zip(l, self.shares))

    def after_validation(self, achievements):
        momentum = self.option("momentum", 0.1)
        self.kpi = [(1 - momentum) * k + momentum * a for k, a in zip(self.kpi or achievements, achievements)]
        aims = [v * (1 + self.option("margin", 0.05)) for v in self.option("potentials", [1] * self.T)]
        a = [max(mpf(0), 1 - k / aim) ** self.option("focus", 2) for k, aim in zip(self.kpi, aims)]
        self.shares = softmax(a) if self.option("normalize", "softmax") == "softmax" else [v / sum(a) for v in a]


class Go4Align(Method):
    def __init__(self, *args):
        super().__init__(*args)
        self.p = [mpf(1) / self.T] * self.T

    def prepare(self, l, step, epochs, progress):
        moved = [p * mp.exp(-self.option("step", 1e-4) * v) for p, v in zip(self.p, l)]
        self.p = [p / sum(moved) for p in moved]
        u = [p * sum(l) / v for p, v in zip(self.p, l)]
        groups = min(int(self.option("num_groups", 2)), self.T)
        best = min((labels for labels in itertools.product(range(groups), repeat=self.T) if len(set(labels)) == groups),
                   key=lambda labels: self.cost(u, labels))
        self.w = [mean([x for x, other in zip(u, best) if other == label]) for label in best]

    @staticmethod
    def cost(u, labels):
        members = [[x for x, other in zip(u, labels) if other == label] for label in set(labels)]
        return mp.fsum((x - mean(group)) ** 2 for group in members for x in group)

    def value(self, l):
        return dot(self.w, l)


class LdcMtl(Method):
    parameters = ("s",)

    def __init__(self, *args):
        super().__init__(*args)
        self.s = [mpf(0)] * self.T

    def value(self, l):
        g = [w * v for w, v in zip(softmax(self.s), l)]
        return mp.fsum(g) + self.option("lambda", 0.01) * mp.fsum(abs(a - b) for a, b in zip(g, g[1:]))


METHODS = {"sum": Sum, "mean": Mean, "constant": Constant, "rlw": Rlw, "uw": Uw, "imtl_l": ImtlL, "dwa": Dwa, "lsb": Lsb,
           "gls": Gls, "si": Si, "gemtl": Gemtl, "gemtl_spread": GemtlSpread, "stch": Stch, "pbi": Pbi, "cosmos": Cosmos,
           "famo": Famo, "amtl": Amtl, "go4align": Go4Align, "ldc_mtl": LdcMtl}
