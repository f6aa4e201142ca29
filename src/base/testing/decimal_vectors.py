#!/usr/bin/env python3
"""Makes ../testdata/decimal_vectors.txt: operations on decimals and what must come out.

The model is exact fractions, so it shares nothing with the implementation. Run it again after a change of
the rules: python3 decimal_vectors.py > ../testdata/decimal_vectors.txt
"""
import random
from fractions import Fraction

MAX_DIGITS, MAX_SCALE, QUOTIENT_DIGITS = 38, 96, 28
LIMIT = 10**MAX_DIGITS


def half_away(value):
    whole = abs(value)
    rounded = (whole.numerator * 2 + whole.denominator) // (whole.denominator * 2)
    return -rounded if value < 0 else rounded


def text(coefficient, scale):
    digits = str(abs(coefficient)).rjust(scale + 1, "0")
    out = digits if scale == 0 else digits[:-scale] + "." + digits[-scale:]
    return "-" + out if coefficient < 0 else out


def fitted(value, scale):
    """The decimal of the largest scale up to `scale` that holds the value in 38 digits."""
    scale = min(scale, MAX_SCALE)
    while scale >= 0:
        coefficient = half_away(value * 10**scale)
        if abs(coefficient) < LIMIT:
            return text(coefficient, scale)
        scale -= 1
    return "too_large"


def quotient(a, b, natural):
    value = a / b
    natural = max(natural, 0)
    if value == 0:
        return text(0, natural)
    magnitude = 0  # the power of ten of the first digit
    while abs(value) >= Fraction(10) ** (magnitude + 1):
        magnitude += 1
    while abs(value) < Fraction(10) ** magnitude:
        magnitude -= 1
    scale = max(0, min(QUOTIENT_DIGITS - 1 - magnitude, MAX_SCALE))
    coefficient = half_away(value * 10**scale)
    if abs(coefficient) >= LIMIT:
        return "too_large"
    if Fraction(coefficient, 10**scale) == value:
        while scale > natural and coefficient % 10 == 0:
            coefficient, scale = coefficient // 10, scale - 1
        while scale < natural and abs(coefficient * 10) < 10**QUOTIENT_DIGITS:
            coefficient, scale = coefficient * 10, scale + 1
    elif len(str(abs(coefficient))) > QUOTIENT_DIGITS and scale > 0:
        coefficient, scale = coefficient // 10, scale - 1  # 99…95 became 100…0
    return text(coefficient, scale)


def number(rng):
    kind = rng.random()
    if kind < 0.5:
        coefficient, scale = rng.randrange(-10**6, 10**6), rng.randrange(0, 6)
    elif kind < 0.8:
        coefficient, scale = rng.randrange(-10**rng.randrange(1, 38), 10**rng.randrange(1, 38)), rng.randrange(0, 39)
    elif kind < 0.9:
        coefficient, scale = rng.choice([1, -1]) * (LIMIT - rng.randrange(1, 3)), rng.randrange(0, 97)
    else:
        coefficient, scale = rng.choice([0, 1, -1, 5, 10, 2**63, 2**64, -(2**63), 10**37]), rng.randrange(0, 97)
    return coefficient, scale


def main():
    rng = random.Random(20)
    for _ in range(250):
        (ac, ascale), (bc, bscale) = number(rng), number(rng)
        a, b = Fraction(ac, 10**ascale), Fraction(bc, 10**bscale)
        at, bt = text(ac, ascale), text(bc, bscale)
        scale = max(ascale, bscale)
        rows = [("compare", "less" if a < b else "greater" if a > b else "equal")]
        if abs(ascale - bscale) <= MAX_DIGITS:  # beyond, sums are rounded twice, as decimal.cpp says
            rows += [("add", fitted(a + b, scale)), ("subtract", fitted(a - b, scale))]
        rows += [("multiply", fitted(a * b, ascale + bscale))]
        if bc != 0:
            rows.append(("divide", quotient(a, b, ascale - bscale)))
            whole = int(a / b)  # towards zero
            rows.append(("quotient", text(whole, 0) if abs(whole) < LIMIT else "too_large"))
            rest = a - b * whole
            rows.append(("remainder", text(int(rest * 10**scale), scale)))
        for operation, result in rows:
            print(operation, at, bt, result)


main()
