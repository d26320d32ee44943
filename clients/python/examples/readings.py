"""Prints what a program in Java sends: examples/src/main/java/dev/sluice/examples/Thermometer.java."""

import sys

import sluice

with sluice.Space(sys.argv[1]) as space, space.pipe("readings") as readings:
    for reading in readings:  # until the other end is closed
        print(reading["room"], reading["celsius"])
