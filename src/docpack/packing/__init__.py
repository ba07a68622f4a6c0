"""Wires conversion and archive: one input, one package.

    source -> read -> write, read back and compare -> (validate) -> information package -> packager -> container

    packing.job            what is to be packed, and what became of it
    packing.parts          the files that the user hands over, under portable names
    packing.renditions     the outputs, each checked, with the events that record it
    packing.documentation  the ledger and the reports that lie in the package
    packing.reproducing    the outputs of a package made anew, and compared

Nothing of a package stands on the disk before all of it was made; an output that does not hold what its source holds,
or that its validator refuses, is not packed.
"""
