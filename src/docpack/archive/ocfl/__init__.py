r"""A store of packages with all their versions: the Oxford Common File Layout, OCFL 1.1.

    store            what one works with
     |- storing      adds a version; the order of its steps is what makes it safe against crashes
     |- recovering   puts right what a crash left
     |- current      an object's inventory, strictly read
     |- taking       a version written out as a folder
     `- validating   root_rules, object_rules -> content_rules, history_rules, inventory_rules -> manifest_rules, ...

Theory of operation:

* What is in a store is hostile until it is read: `folders` never follows a link, `strict_json` notices repeated keys,
  and an inventory's paths are compared with the files that are there, never opened by themselves.
* One reader of inventories serves all: `inventory_rules.read_inventory` notes every fault with the standard's code and
  returns what could be understood. Validation reports the faults; adding and taking refuse an object that has any.
* A store is written through one folder, `staging`, held by one process. Its place is one that validators pass over.
* Codes E001 to E112 and W001 to W016 are the standard's; those from 900 on are docpack's own (see `problems`).
"""

from docpack.archive.ocfl.problems import Problem
from docpack.archive.ocfl.store import ObjectRecord, OcflStore, VersionRecord
from docpack.archive.ocfl.taking import take
from docpack.archive.ocfl.validating import validate_folder

__all__ = ["ObjectRecord", "OcflStore", "Problem", "VersionRecord", "take", "validate_folder"]
