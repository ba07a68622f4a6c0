"""What a run tells other programs and people: several reports in one run, each written as the documents are done.

A report has `add(record)` for each document, in the order of the inputs, and `close(summary)` at the end, which puts the
file in its place. What differs from run to run, times and the like, stands apart from the rest.
"""
