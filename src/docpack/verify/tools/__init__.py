"""The reference validators, one adapter a module: each knows how its tool is found, run and understood.

What all of them keep to:

- A tool runs in a process of its own, with a time limit, in a temporary folder that is removed, and without the
  user's environment; what it leaves running is ended, and nothing else is.
- It is believed only where its report and its exit code agree. A tool that crashes, hangs or says what nobody
  understands has given no verdict: `not-run`, never `passed`.
- Nothing goes to the network: schemas come from the user's disk.
"""
