"""Programs that run in the interpreter in which a validator is installed, which need not be docpack's.

Each has a function `judge`, which gets a file and returns what `runner` prints. They import nothing of docpack, and
use no newer Python than 3.9.
"""
