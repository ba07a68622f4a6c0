r"""What the user states about a work, and how it is laid over what the text itself shows.

    -M KEY=VALUE ...  -> parse_assignments --.
    TOML, JSON, Dublin Core -> parse_file ---+-> merge -> apply to the document's Metadata

Theory of operation:

    changes      what one source states, merged with others and applied to a record
    statements   collects what one source states
    keys         what a key means, and how its value is read
    values       texts, dates, directions and addresses, checked and made uniform
    languages    language tags, and the direction in which a language is written
    identifiers  ISBN, DOI, ARK and their like: checked, and said as URIs
    relators     who had which part in the work
    files        what kind of file it is; TOML and JSON
    tables       their keys and values
    dublin_core  Dublin Core in XML

* A `Changes` is what one source states. None: it says nothing; "" or (): it says that there is none. Where sources
  are merged the later wins: for a single value, for the whole list of subjects or identifiers, and for the
  contributors role by role, so that a new author does not send the translator away.
* `keys` is asked by all sources, so that a key and a value mean the same wherever they stand.
* What a person wrote for docpack and is wrong is an error. Dublin Core comes from catalogues, whose dates read
  "[c. 1921?]": what docpack cannot take from there is left out and listed in `Changes.ignored`.
* Characters are kept as they are (no normalisation); only white space is made uniform. Control characters, lone
  surrogates and noncharacters are refused, because no output format can hold them all.
"""

from docpack.metadata.changes import Changes, apply, merge
from docpack.metadata.files import MAX_FILE_BYTES, parse_file
from docpack.metadata.identifiers import identifier_uri, with_identifier
from docpack.metadata.languages import direction_of
from docpack.metadata.relators import RELATORS
from docpack.metadata.statements import parse_assignments

__all__ = [
    "MAX_FILE_BYTES",
    "RELATORS",
    "Changes",
    "apply",
    "direction_of",
    "identifier_uri",
    "merge",
    "parse_assignments",
    "parse_file",
    "with_identifier",
]
