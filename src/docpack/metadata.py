r"""What the user states about a work, and how it is laid over what the text itself shows.

    -M KEY=VALUE ...  -> parse_assignments --.
    TOML, JSON, Dublin Core -> parse_file ---+-> merge -> apply to the document's Metadata

Theory of operation:

* A `Changes` is what one source states. None: it says nothing; "" or (): it says that there is none. Where sources
  are merged the later wins: for a single value, for the whole list of subjects or identifiers, and for the
  contributors role by role, so that a new author does not send the translator away.
* All sources pass through `_Statements.state`, so that a key and a value mean the same wherever they stand.
* What a person wrote for docpack and is wrong is an error. Dublin Core comes from catalogues, whose dates read
  "[c. 1921?]": what docpack cannot take from there is left out and listed in `Changes.ignored`.
* Characters are kept as they are (no normalisation); only white space is made uniform. Control characters, lone
  surrogates and noncharacters are refused, because no output format can hold them all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from docpack.errors import InputError, UsageError
from docpack.model import Contributor, Direction, Identifier, TitleOrigin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from lxml.etree import _Element

    from docpack.model import Metadata

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

MAX_FILE_BYTES = 16_000_000  # a catalogue record has some kilobytes; what is larger is another file

# The relators that books need most, with the names by which they may be called. Spec: MARC Code List for Relators.
RELATORS: dict[str, str] = {
    "aut": "author",
    "trl": "translator",
    "edt": "editor",
    "ill": "illustrator",
    "ctb": "contributor",
    "adp": "adapter",
    "aft": "author of afterword",
    "aui": "author of introduction",
    "ann": "annotator",
    "art": "artist",
    "bkd": "book designer",
    "bkp": "book producer",
    "clr": "colorist",
    "cmp": "composer",
    "com": "compiler",
    "cov": "cover designer",
    "cph": "copyright holder",
    "cre": "creator",
    "ctg": "cartographer",
    "cwt": "commentator",
    "dte": "dedicatee",
    "dub": "dubious author",
    "edc": "editor of compilation",
    "egr": "engraver",
    "fnd": "funder",
    "isb": "issuing body",
    "lbt": "librettist",
    "mrk": "markup editor",
    "nrt": "narrator",
    "oth": "other",
    "pbd": "publishing director",
    "pbl": "publisher",
    "pfr": "proofreader",
    "pht": "photographer",
    "prt": "printer",
    "rcp": "addressee",
    "red": "redaktor",
    "res": "researcher",
    "rev": "reviewer",
    "scr": "scribe",
    "spn": "sponsor",
    "trc": "transcriber",
    "tyd": "type designer",
    "tyg": "typographer",
    "wpr": "writer of preface",
}
# All other codes of the list, with the three that it has given up (clb, grt, voc), which old records still use.
_OTHER_RELATORS = frozenset(
    "abr acp act adi anc anl anm ant ape apl app aqt arc ard arr asg asn ato att auc aud aue aup aus bdd bjd bka blw bnd "
    "bpd brd brl bsl cad cas ccp chr clb cli cll clt cmm cmt cnd cng cns coe col con cop cor cos cot cou cpc cpe cpl cpt "
    "crp crr crt csl csp cst cte ctr cts ctt cur dbd dbp dfd dfe dft dgc dgg dgs dis djo dln dnc dnr dpc dpt drm drt dsr "
    "dst dtc dtm dto edd edm elg elt eng enj etr evp exp fac fds fld flm fmd fmk fmo fmp fon fpy frg gdv gis grt his hnr "
    "hst ilu ins inv itr ive ivr jud jug lbr ldr led lee lel len let lgd lie lil lit lsa lse lso ltg lyr mcp mdc med mfp "
    "mfr mka mod mon mrb msd mte mtk mup mus mxe nan onp opn org orm osp own pad pan pat pdr plt pma pmn pop ppm ppt pra "
    "prc prd pre prf prg prm prn pro prp prs prv pta pte ptf pth ptt pup rap rbr rcd rce rdd ren rpc rps rpt rpy rse rsg "
    "rsp rsr rst rth rtm rxa sad sce scl sde sds sec sfx sgd sgn sht sll sng spk spy srv std stg stl stm stn str swd tad "
    "tau tcd tch ths tld tlg tlh tlp uvp vac vdg vfx voc wac wal wam wat wdc wde win wit wst".split()
)
_CODES = frozenset(RELATORS) | _OTHER_RELATORS
_ROLES = {name.replace(" ", "_"): code for code, name in RELATORS.items()}

_LISTS = {"contributor": "contributors", "subject": "subjects", "identifier": "identifiers"}
# Words that people know from pandoc, calibre and Dublin Core, and the plurals of docpack's own JSON.
_ALIASES = {
    "authors": "author",
    "contributors": "contributor",
    "creator": "author",
    "dir": "direction",
    "identifiers": "identifier",
    "keyword": "subject",
    "keywords": "subject",
    "lang": "language",
    "subjects": "subject",
}


@dataclass(frozen=True, slots=True)
class Changes:
    """What one source, or several merged ones, state about a work.

    A field that is None was not stated; "" and () state that there is none. A contributor without a name states that
    nobody had that role. The first of `identifiers` is the one that names the document. `ignored` lists, a line
    each, what a file says that docpack has no place for or cannot read; nothing else is passed over.
    """

    title: str | None = None
    subtitle: str | None = None
    contributors: tuple[Contributor, ...] | None = None
    language: str | None = None
    direction: Direction | None = None
    date: str | None = None
    publisher: str | None = None
    description: str | None = None
    subjects: tuple[str, ...] | None = None
    identifiers: tuple[Identifier, ...] | None = None
    series: str | None = None
    series_position: str | None = None
    rights: str | None = None
    rights_uri: str | None = None
    source_title: str | None = None
    source_publisher: str | None = None
    source_date: str | None = None
    source_identifier: Identifier | None = None
    conforms_to: str | None = None
    ignored: tuple[str, ...] = ()


def parse_assignments(pairs: Iterable[str]) -> Changes:
    """Return what `-M KEY=VALUE` options state; subjects, identifiers and contributors of the same key add up.

    Raises:
        UsageError: An equals sign is missing, a key is unknown, or a value is not what its key needs.

    >>> parse_assignments(["author=Ines Almqvist|Almqvist, Ines", "language=sv"]).language
    'sv'
    """
    statements = _Statements()
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(
                f"metadata {_shown(pair)} has no equals sign",
                hint="Write -M KEY=VALUE, e.g. -M title='The Long Field'.",
            )
        statements.state(key, value)
    return statements.changes()


def parse_file(data: bytes, name: str) -> Changes:
    """Return what a metadata file states: TOML, JSON or Dublin Core XML, told apart by content.

    Args:
        data: The file's content.
        name: The file's name, for messages; its ending decides where the content does not.

    Raises:
        UsageError: It is none of these, is broken (the message has the line), or states what makes no sense.
    """
    what = name or "the metadata file"
    if not data.strip():
        raise UsageError(f"{what} is empty", hint="Give a file in TOML, JSON or Dublin Core XML.")
    if len(data) > MAX_FILE_BYTES:
        raise UsageError(
            f"{what} has {len(data)} bytes; a metadata file may have {MAX_FILE_BYTES}",
            hint="Check that it is the right file.",
        )
    try:
        return _PARSERS_OF_FILES[_kind(data, name)](data, what)
    except RecursionError as error:
        raise UsageError(f"{what} is nested too deeply", hint="Metadata are plain keys, texts and lists.") from error


def merge(*sources: Changes) -> Changes:
    """Return what several sources state together; the later win, for contributors role by role."""
    merged = Changes()
    for each in sources:
        merged = _overlay(merged, each)
    return merged


def apply(changes: Changes, metadata: Metadata) -> Metadata:
    """Return a record with what is stated laid over it.

    A stated title is of origin STATED. A stated language that is written from right to left sets the direction,
    unless a direction is stated. The first stated identifier becomes the document's own, the others its others.
    """
    values: dict[str, Any] = {
        each.name: getattr(changes, each.name)
        for each in fields(changes)
        if each.name not in ("contributors", "identifiers", "ignored") and getattr(changes, each.name) is not None
    }
    if changes.title is not None:
        values["title_origin"] = TitleOrigin.STATED
    if changes.language and changes.direction is None and direction_of(changes.language) is Direction.RTL:
        values["direction"] = Direction.RTL
    if changes.contributors is not None:
        everybody = _by_role(metadata.contributors, changes.contributors)
        values["contributors"] = tuple(each for each in everybody if each.name)
    if changes.identifiers is not None:
        first, *others = changes.identifiers or (Identifier(""),)
        values |= {"identifier": first, "identifiers": tuple(others)}
    return replace(metadata, **values)


def with_identifier(metadata: Metadata, sha256: str) -> Metadata:
    """Return a record that has an identifier: its own, else a UUIDv5 of the source's SHA-256."""
    if metadata.identifier.value:
        return metadata
    from docpack.context import content_uuid

    return replace(metadata, identifier=Identifier(content_uuid(sha256), "uuid"))


def identifier_uri(identifier: Identifier) -> str:
    """Return an identifier as a URI where its scheme has one, else its value as it is.

    Spec:
        RFC 8254 (urn:isbn, urn:issn); RFC 9562, section 4 (urn:uuid); DOI Handbook, 3.8 (doi.org, and what is
        percent-encoded there); draft-kunze-ark, section 2.

    >>> identifier_uri(Identifier("9783161484100", "isbn"))
    'urn:isbn:9783161484100'
    """
    value, scheme = identifier.value, identifier.scheme.lower()
    if scheme in ("isbn", "issn", "uuid") and value:
        bare = re.sub(rf"(?i)^(urn:)?{scheme}:\s*", "", value)
        return f"urn:{scheme}:{re.sub(_DASHES, '', bare) if scheme == 'isbn' else bare}"
    if scheme == "doi" and value:
        from urllib.parse import quote

        bare = re.sub(r"(?i)^(doi:\s*|https?://(dx\.)?doi\.org/)", "", value)
        return "https://doi.org/" + quote(bare, safe="/:;()@!$&'*+,=~-._")
    if scheme in ("ark", "urn") and value:
        return value if value.lower().startswith(f"{scheme}:") else f"{scheme}:{value}"
    return value


def direction_of(language: str) -> Direction:
    """Return the direction in which a language (a BCP 47 tag) is written: by its script subtag, else as is usual.

    >>> direction_of("az-Arab-IR").value, direction_of("ur-Latn").value, direction_of("he").value
    ('rtl', 'ltr', 'rtl')
    """
    primary, *others = language.lower().split("-")
    for subtag in others:
        if len(subtag) == 1:  # what follows is no script but an extension or private
            break
        if len(subtag) == 4 and subtag.isalpha():
            return Direction.RTL if subtag in _RTL_SCRIPTS else Direction.LTR
    return Direction.RTL if primary in _RTL_LANGUAGES else Direction.LTR


# Spec: ISO 15924; Unicode's Bidi_Class R and AL.
_RTL_SCRIPTS = frozenset(
    "adlm arab aran armi avst chrs cprt elym gara hatr hebr hung khar lydi mand mani mend merc mero narb nbat nkoo orkh "
    "palm phli phlp phnx prti rohg samr sarb sidt sogd sogo syrc syre syrj syrn thaa todr yezi".split()
)
# Spec: CLDR 45, likely subtags: the languages whose usual script is one of these.
_RTL_LANGUAGES = frozenset(
    "abh acm acq acw acx adf aeb aec afb ajp apc apd ar arc arq ars ary arz azb bal bgn bqi ckb dv fa glk gbz haz hbo he "
    "iw ji jpr jrb khw ks lki lrc luz mid mzn nqo pbt pes pnb prs ps rhg sam sd sdh skr syc syr tmr trw ug ur yhd ydd yi "
    "yih".split()
)

# ------------------------------------------------------------------------------------- putting statements together


def _overlay(earlier: Changes, later: Changes) -> Changes:
    values = {each.name: getattr(later, each.name) for each in fields(later) if getattr(later, each.name) is not None}
    if later.contributors is not None:
        values["contributors"] = _by_role(earlier.contributors or (), later.contributors)
    values["ignored"] = earlier.ignored + later.ignored
    return replace(earlier, **values)


def _by_role(earlier: Iterable[Contributor], later: Iterable[Contributor]) -> tuple[Contributor, ...]:
    """Return the contributors of both, where the later take the places of all who had their role before."""
    stated: dict[str, list[Contributor]] = {}
    for each in later:
        stated.setdefault(each.role, []).append(each)
    unplaced = dict(stated)
    made: list[Contributor] = []
    for each in earlier:
        if each.role in stated:
            made += unplaced.pop(each.role, [])
        else:
            made.append(each)
    made += [each for each in later if each.role in unplaced]
    return tuple(made)


class _Statements:
    """Collects what one source states, checked and made uniform."""

    def __init__(self) -> None:
        self._single: dict[str, Any] = {}
        self._lists: dict[str, list[Any]] = {}

    def get(self, field: str) -> Any:
        """Return the value that a single field has so far, or None."""
        return self._single.get(field)

    def state(self, key: str, value: str) -> None:
        """Take a key and its value as a person writes them."""
        field, role = _resolve(key)
        if field == "contributor":
            self.add(field, _person(key, value, role) if role else _person_with_role(key, value))
        elif field in _LISTS:
            self.add(field, _identifier(key, value) if field == "identifier" else _text(key, value))
        else:
            self.set(field, _single(key, field, value))

    def set(self, field: str, value: Any) -> None:
        """Take a value that has been checked; it replaces an earlier one."""
        self._single[field] = value

    def add(self, field: str, value: Any) -> None:
        """Take a checked value of a list; an empty one states that there is none."""
        values = self._lists.setdefault(_LISTS[field], [])
        if isinstance(value, Contributor) or value not in ("", Identifier("")):
            values.append(value)

    def none_of(self, field: str, role: str) -> None:
        """Take the statement that a list is empty."""
        self.add(field, Contributor("", role or "ctb") if field == "contributor" else "")

    def changes(self, ignored: Iterable[str] = ()) -> Changes:
        """Return all that was collected; what is stated twice stands once."""
        values: dict[str, Any] = dict(self._single)
        values |= {field: tuple(dict.fromkeys(each)) for field, each in self._lists.items()}
        return Changes(**values, ignored=tuple(ignored))


# -------------------------------------------------------------------------------------------------------- the keys


def _normal(key: str) -> str:
    return re.sub(r"[-\s]", "_", key.strip().lower())


def _resolve(key: str) -> tuple[str, str]:
    """Return the field that a key names, and the role if the key names a role."""
    name = _normal(key)
    name = _ALIASES.get(name, name)
    if name in _VALUES or name in _LISTS:
        return name, ""
    role = _relator(name)
    if not role:
        raise _unknown_key(key, name)
    return "contributor", role


def _relator(text: str) -> str:
    """Return the MARC code that a code or a role's name stands for, or ""."""
    name = _normal(text)
    return name if name in _CODES else _ROLES.get(name, "")


def _unknown_key(key: str, name: str) -> UsageError:
    import difflib

    if name in _IDENTIFIERS:
        return UsageError(f"unknown metadata key {_shown(key)}", hint=f"Write identifier={name}:VALUE.")
    fields_known = [*_VALUES, *_LISTS]
    known = [each.replace("_", "-") for each in dict.fromkeys([*fields_known, "author", *_ROLES])]
    # A long key is no misspelt one, and comparing it would take time that grows with its square.
    near = difflib.get_close_matches(name.replace("_", "-"), [*known, *_ALIASES], 1) if len(name) <= 40 else []
    question = f"; did you mean {near[0]!r}?" if near else ""
    return UsageError(
        f"unknown metadata key {_shown(key)}{question}",
        hint=f"Known keys: {', '.join(sorted(known))}, and every MARC relator code (aut, trl, edt, ...).",
    )


# ------------------------------------------------------------------------------------------------------ the values

_WHITE = r"[ \t\n\r\x85\u2028\u2029]+"  # not the no-break space, which is there for a reason
# Atomic, or else CR and LF of one line end would count as two.
_BLANK_LINE = r"(?>\r\n|[\n\r\x85\u2028])[ \t]*(?:(?>\r\n|[\n\r\x85\u2028])[ \t]*)+|\u2029"
_NONCHARACTERS = "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
_REFUSED = rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef{_NONCHARACTERS}]"
_DASHES = r"[\s\-\u2010-\u2015]"  # what stands between the groups of an ISBN
_MAX_SHOWN = 60


def _shown(value: str) -> str:
    """Return a value for a message: quoted, with what cannot be printed escaped, cut where it is long."""
    if len(value) > _MAX_SHOWN:
        value = value[: _MAX_SHOWN - 3] + "..."
    return ascii(value) if re.search(_REFUSED, value) else repr(value)


def _wrong(key: str, value: str, why: str, hint: str = "") -> UsageError:
    return UsageError(f"{_normal(key).replace('_', '-')}: {_shown(value)} {why}", hint=hint)


def _checked(key: str, value: str) -> str:
    found = re.search(_REFUSED, value)
    if found is None:
        return value
    code = ord(found[0])
    if 0xD800 <= code <= 0xDFFF:
        why, hint = "is no valid text", "Write it in UTF-8, or put it into a metadata file."
    else:
        why, hint = f"holds the control character or noncharacter U+{code:04X}", "Take it out."
    raise _wrong(key, value, why, hint)


def _text(key: str, value: str) -> str:
    return re.sub(_WHITE, " ", _checked(key, value)).strip()


def _paragraphs(key: str, value: str) -> str:
    """Return text whose blank lines part paragraphs; all other white space is one blank."""
    parts = (re.sub(_WHITE, " ", part).strip() for part in re.split(_BLANK_LINE, _checked(key, value)))
    return "\n\n".join(part for part in parts if part)


def _direction(key: str, value: str) -> Direction:
    text = _text(key, value).lower()
    if text not in tuple(Direction):
        raise _wrong(key, value, "is no direction", "Write ltr or rtl.")
    return Direction(text)


def _date(key: str, value: str) -> str:
    """Return a date that is one.

    Spec: W3C Date and Time Formats, the profiles YYYY, YYYY-MM and YYYY-MM-DD.
    """
    text = _text(key, value)
    found = re.fullmatch(r"(?a)(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", text)
    if found is None:
        raise _wrong(key, text, "is no date of the form YYYY, YYYY-MM or YYYY-MM-DD", "Write e.g. 1937 or 1937-05-21.")
    import datetime

    try:
        datetime.date(*(int(part or 1) for part in found.groups()))
    except ValueError as error:
        raise _wrong(key, text, f"is not in the calendar: {error}", "Check the month and the day.") from error
    return text


# Spec: RFC 5646, section 2.1. A primary subtag of 4 to 8 letters is well-formed there, but none was ever registered,
# and whoever writes one ("German") means something else.
_LANGUAGE_TAG = r"""(?xai)
    [a-z]{2,3} (?:-[a-z]{3}){0,3} (?:-[a-z]{4})? (?:-(?:[a-z]{2}|[0-9]{3}))?
    (?P<variants> (?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))* )
    (?P<extensions> (?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)* )
    (?:-x(?:-[a-z0-9]{1,8})+)?
    | x(?:-[a-z0-9]{1,8})+
    | en-gb-oed | sgn-be-fr | sgn-be-nl | sgn-ch-de
    | i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)
"""
# Spec: RFC 5646, section 2.2.1: where a language has a code of two letters, that is the one to use. Library catalogues
# have three; these are the languages of nearly all that they hold.
_SHORT_CODES = dict(
    pair.split(":")
    for pair in (
        "afr:af alb:sq amh:am ara:ar arm:hy aze:az baq:eu bel:be ben:bn bos:bs bul:bg bur:my cat:ca ces:cs chi:zh cym:cy "
        "cze:cs dan:da deu:de dut:nl ell:el eng:en epo:eo est:et eus:eu fas:fa fin:fi fra:fr fre:fr fry:fy geo:ka ger:de "
        "gla:gd gle:ga glg:gl gre:el guj:gu hau:ha heb:he hin:hi hrv:hr hun:hu hye:hy ice:is ind:id isl:is ita:it jpn:ja "
        "kan:kn kat:ka kaz:kk khm:km kor:ko kur:ku lao:lo lat:la lav:lv lit:lt ltz:lb mac:mk mal:ml mar:mr may:ms mkd:mk "
        "mlt:mt mon:mn msa:ms mya:my nep:ne nld:nl nno:nn nob:nb nor:no oci:oc ori:or pan:pa per:fa pol:pl por:pt pus:ps "
        "roh:rm ron:ro rum:ro rus:ru san:sa sin:si slk:sk slo:sk slv:sl snd:sd som:so spa:es sqi:sq srp:sr swa:sw swe:sv "
        "tam:ta tat:tt tel:te tgk:tg tha:th tib:bo bod:bo tur:tr uig:ug ukr:uk urd:ur uzb:uz vie:vi wel:cy yid:yi zho:zh "
        "zul:zu"
    ).split()
)
_MAX_TAG = 200  # characters; RFC 5646 asks for 35 at least


def _language(key: str, value: str) -> str:
    """Return a language tag in its canonical case.

    Spec: RFC 5646, sections 2.1 (syntax), 2.1.1 (case), 2.2.5 and 2.2.6 (no variant or extension twice).
    """
    tag = _text(key, value)
    found = re.fullmatch(_LANGUAGE_TAG, tag) if len(tag) <= _MAX_TAG else None
    if found is None:
        hint = "Write a BCP 47 tag, e.g. en, de-AT or zh-Hant; und where the language is not known."
        if re.fullmatch(_LANGUAGE_TAG, tag[:_MAX_TAG].replace("_", "-")):
            hint = f"Write {_cased(tag.replace('_', '-'))}."
        raise _wrong(key, tag, "is no language tag", hint)
    singletons = re.findall(r"-([a-z0-9])(?=-)", (found["extensions"] or "").lower())
    for subtags in ((found["variants"] or "").lower().split("-")[1:], singletons):
        if len(set(subtags)) < len(subtags):
            raise _wrong(key, tag, "has a subtag twice", "Leave one out.")
    return _cased(tag)


def _cased(tag: str) -> str:
    primary, *others = tag.lower().split("-")
    made, private = [_SHORT_CODES.get(primary, primary)], len(primary) == 1
    for subtag in others:
        private = private or len(subtag) == 1
        if not private and len(subtag) in (2, 4) and subtag.isalpha():
            subtag = subtag.upper() if len(subtag) == 2 else subtag.title()  # noqa: PLW2901  # the same, cased
        made.append(subtag)
    return "-".join(made)


def _uri(key: str, value: str) -> str:
    """Return an absolute URI; characters beyond ASCII may stand as they are.

    Spec: RFC 3986, section 4.3; RFC 3987.
    """
    text = _text(key, value)
    found = re.fullmatch(r"(?ai)([a-z][a-z0-9+.-]+):([^\s<>\"{}|\\^`]+)", text)
    if found is None or (found[1].lower() in ("http", "https", "ftp") and not re.match(r"//[^/?#]", found[2])):
        raise _wrong(key, text, "is no absolute URI", _uri_hint(text))
    return text


def _uri_hint(text: str) -> str:
    licence = re.match(r"(?ai)cc[ -](by(?:-(?:nc|sa|nd))*)[ -](\d\.\d)", text)
    if licence:
        return f"Write https://creativecommons.org/licenses/{licence[1].lower()}/{licence[2]}/."
    if re.match(r"(?i)cc[ -]?0|(cc )?zero", text):
        return "Write https://creativecommons.org/publicdomain/zero/1.0/."
    return "Write the whole address, e.g. https://creativecommons.org/licenses/by/4.0/; percent-encode blanks."


# ---------------------------------------------------------------------------------------------------- contributors


def _person(key: str, value: str, role: str) -> Contributor:
    """Return a contributor from `Name` or `Name|Name, as it is filed`; without a name: nobody has the role."""
    parts = [part.strip() for part in _text(key, value).split("|")]
    if len(parts) > 2 or (len(parts) == 2 and not all(parts)):
        raise _wrong(key, value, "is no name", "Write the name, or name and filing form: Ines Almqvist|Almqvist, Ines.")
    return Contributor(parts[0], role, *parts[1:])


def _person_with_role(key: str, value: str) -> Contributor:
    prefix, colon, name = value.partition(":")
    if not colon:
        return _person(key, value, "ctb")
    return _person(key, name, _stated_role(key, prefix))


def _stated_role(key: str, text: str) -> str:
    role = _relator(text)
    if not role:
        raise _wrong(
            key,
            text.strip(),
            "is no MARC relator",
            f"Write a code or one of: {', '.join(RELATORS.values())}. Without a better one: ctb: NAME.",
        )
    return role


# ----------------------------------------------------------------------------------------------------- identifiers


def _isbn(key: str, value: str) -> Identifier:
    """Return an ISBN without its hyphens, its check digit verified. Spec: ISO 2108; ISBN Users' Manual, section 5."""
    digits = re.sub(_DASHES, "", value).upper()
    if re.fullmatch(r"(?a)97[89]\d{10}", digits):
        weights: Iterable[int] = [1, 3] * 6
        right = str(-sum(w * int(d) for w, d in zip(weights, digits, strict=False)) % 10)
    elif re.fullmatch(r"(?a)\d{9}[\dX]", digits):
        rest = -sum(w * int(d) for w, d in zip(range(10, 1, -1), digits, strict=False)) % 11
        right = "X" if rest == 10 else str(rest)
    else:
        raise _wrong(key, value, "is no ISBN", "An ISBN has 13 digits and begins with 978 or 979, or has 10 (last X).")
    if digits[-1] != right:
        raise _wrong(key, value, f"is no ISBN: its check digit would be {right}", "Compare it with the book.")
    return Identifier(digits, "isbn")


def _issn(key: str, value: str) -> Identifier:
    """Return an ISSN as NNNN-NNNC, its check digit verified. Spec: ISO 3297."""
    digits = re.sub(_DASHES, "", value).upper()
    if not re.fullmatch(r"(?a)\d{7}[\dX]", digits):
        raise _wrong(key, value, "is no ISSN", "An ISSN has eight digits, the last of which may be X.")
    rest = -sum(w * int(d) for w, d in zip(range(8, 1, -1), digits, strict=False)) % 11
    right = "X" if rest == 10 else str(rest)
    if digits[-1] != right:
        raise _wrong(key, value, f"is no ISSN: its check digit would be {right}", "Compare it with the journal.")
    return Identifier(f"{digits[:4]}-{digits[4:]}", "issn")


def _doi(key: str, value: str) -> Identifier:
    """Return a DOI name. Spec: ISO 26324; DOI Handbook, section 2.2."""
    if not re.fullmatch(r"(?a)10(?:\.\d+)+/[^\s]+", value):
        raise _wrong(key, value, "is no DOI", "A DOI begins with 10. and a number, then a slash: doi:10.1000/182.")
    return Identifier(value, "doi")


def _ark(key: str, value: str) -> Identifier:
    """Return an ARK with its label. Spec: draft-kunze-ark, section 2."""
    if not re.fullmatch(r"(?a)/?[0-9bcdfghjkmnpqrstvwxz]{5,}/[^\s]+", value):
        raise _wrong(key, value, "is no ARK", "An ARK reads ark:/12345/NAME, with the number of its authority.")
    return Identifier(f"ark:{value}", "ark")


def _uuid(key: str, value: str) -> Identifier:
    """Return a UUID in lower case. Spec: RFC 9562, section 4."""
    if not re.fullmatch(_UUID, value.lower()):
        raise _wrong(key, value, "is no UUID", "A UUID has 32 hexadecimal digits in groups of 8-4-4-4-12.")
    return Identifier(value.lower(), "uuid")


def _urn(key: str, value: str) -> Identifier:
    """Return a URN, or what it is the URN of. Spec: RFC 8141, section 2."""
    space, colon, name = value.partition(":")
    if colon and space.lower() in ("isbn", "issn", "uuid"):
        return _IDENTIFIERS[space.lower()](key, name)
    if not re.fullmatch(r"(?ai)[a-z0-9][a-z0-9-]{0,30}[a-z0-9]", space) or not re.fullmatch(r"[^\s<>\"{}|\\^`]+", name):
        raise _wrong(key, f"urn:{value}", "is no URN", "A URN reads urn:SPACE:NAME, e.g. urn:nbn:de:0000-1.")
    return Identifier(f"urn:{value}", "urn")


def _web(key: str, value: str) -> Identifier:
    """Return an address as an identifier; one of a DOI is the DOI."""
    doi = re.match(r"(?i)https?://(?:dx\.)?doi\.org/(10\..+)", value)
    if doi:
        from urllib.parse import unquote

        return _doi(key, _text(key, unquote(doi[1])))
    return Identifier(_uri(key, value), "uri")


def _plain(scheme: str) -> Callable[[str, str], Identifier]:
    return lambda _, value: Identifier(value, scheme)


_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# What may stand before the colon of an identifier, and what its value must be.
_IDENTIFIERS: dict[str, Callable[[str, str], Identifier]] = {
    "isbn": _isbn,
    "issn": _issn,
    "doi": _doi,
    "ark": _ark,
    "uuid": _uuid,
    "urn": _urn,
    "uri": _web,
    **{
        scheme: _plain(scheme)
        for scheme in ("shelfmark", "oclc", "lccn", "ppn", "gnd", "vd16", "vd17", "vd18", "estc", "istc")
    },
}
_ADDRESSES = frozenset(("http", "https", "ftp", "info", "oai", "tag", "did"))  # URIs as a whole


def _identifier(key: str, value: str) -> Identifier:
    """Return an identifier from `scheme:value`, an address, or a bare number that tells what it is."""
    text = _text(key, value)
    known = _known_identifier(key, text)
    if known is not None:
        return known
    scheme, colon, rest = text.partition(":")
    if not colon or not re.fullmatch(r"(?a)[a-z][a-z0-9.+-]{1,30}", scheme) or rest != rest.strip():
        return Identifier(text)
    import difflib

    near = difflib.get_close_matches(scheme, [*_IDENTIFIERS, *_ADDRESSES], 2, 0.7)
    if near:
        why = f"has the unknown scheme {scheme!r}; did you mean {' or '.join(near)}?"
        raise _wrong(
            key, text, why, f"Known schemes: {', '.join(_IDENTIFIERS)}; another must not be so like one of them."
        )
    if not rest:
        raise _wrong(key, text, "has a scheme but no value", f"Write {scheme}:VALUE.")
    return Identifier(rest, scheme)


def _known_identifier(key: str, text: str) -> Identifier | None:
    """Return an identifier of a scheme that docpack knows, or None."""
    scheme, colon, rest = text.partition(":")
    scheme = scheme.strip().lower()
    if colon and scheme in _ADDRESSES:
        return _web(key, text)
    if colon and scheme in _IDENTIFIERS:
        if not rest.strip():
            raise _wrong(key, text, "has a scheme but no value", f"Write {scheme}:VALUE.")
        bare = re.sub(rf"(?i)^{scheme}:", "", rest.strip())  # shelfmark: keeps its text, "ark:ark:/..." loses one
        return _web(key, bare) if scheme == "doi" and "//" in bare[:8] else _IDENTIFIERS[scheme](key, bare.strip())
    return _guessed_identifier(key, text)


def _guessed_identifier(key: str, text: str) -> Identifier | None:
    labelled = re.match(r"(?ai)isbn(?:-1[03])?[:\s]+(?=[\dx])", text)
    if labelled:
        return _isbn(key, text[labelled.end() :])
    if re.fullmatch(r"(?a)97[89](?:[ -]?\d){10}", text):
        return _isbn(key, text)
    if re.fullmatch(r"(?a)10\.\d{4,9}(?:\.\d+)*/\S+", text):
        return _doi(key, text)
    return _uuid(key, text) if re.fullmatch(_UUID, text.lower()) else None


# A key of one value: how its value is read.
_VALUES: dict[str, Callable[[str, str], Any]] = {
    "title": _text,
    "subtitle": _text,
    "language": _language,
    "direction": _direction,
    "date": _date,
    "publisher": _text,
    "description": _paragraphs,
    "series": _text,
    "series_position": _text,
    "rights": _text,
    "rights_uri": _uri,
    "source_title": _text,
    "source_publisher": _text,
    "source_date": _date,
    "source_identifier": _identifier,
    "conforms_to": _text,
}
_NEEDED = {"title": "", "language": "und where it is not known", "direction": "ltr or rtl"}


def _single(key: str, field: str, value: str) -> Any:
    if _checked(key, value).strip():
        return _VALUES[field](key, value)
    if field in _NEEDED:
        instead = f"Write {_NEEDED[field]}, or leave the key out." if _NEEDED[field] else "Leave the key out."
        raise _wrong(key, value, "is empty", instead)
    return Identifier("") if field == "source_identifier" else ""


# ------------------------------------------------------------------------------------------------- TOML and JSON


def _kind(data: bytes, name: str) -> str:
    """Return "toml", "json" or "xml": no two of them can begin alike, but for "[", where the name decides."""
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    head = data[:200].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(b"<"):
        return "xml"
    if head.startswith(b"{"):
        return "json"
    if suffix in ("yaml", "yml"):
        raise UsageError(f"{name} is YAML, which docpack does not read", hint="Write the metadata as TOML or JSON.")
    return {"json": "json", "xml": "xml", "opf": "xml", "rdf": "xml"}.get(suffix, "toml")


def _from_toml(data: bytes, what: str) -> Changes:
    import tomllib

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{what}, line {line}: not valid UTF-8", hint="Save the file as UTF-8.") from error
    try:
        table = tomllib.loads(text)
    except ValueError as error:  # TOMLDecodeError, or a number of more digits than Python takes
        last_line = text.rstrip().count("\n") + 1
        message = _one_line(error).replace("at end of document", f"at line {last_line}, the end")
        hint = 'Write lines of the form key = "value"; JSON and Dublin Core XML work too.'
        raise UsageError(f"{what} is no valid TOML: {message}", hint=hint) from error
    return _from_table(table, what, text)


def _from_json(data: bytes, what: str) -> Changes:
    import json

    try:
        text = data.decode(json.detect_encoding(data))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{what}, line {line}: not valid Unicode", hint="Save the file as UTF-8.") from error
    try:
        table = json.loads(text, object_pairs_hook=_without_doubles)
    except UsageError as error:
        raise UsageError(f"{what}: {error.message}", hint=error.hint) from error
    except ValueError as error:
        raise UsageError(
            f"{what} is no valid JSON: {_one_line(error)}", hint="A JSON checker shows the place."
        ) from error
    if not isinstance(table, dict):
        raise UsageError(f"{what} holds no JSON object", hint='Write {"title": "...", "author": ["..."]}.')
    return _from_table(table, what, text)


def _one_line(error: Exception) -> str:
    message = " ".join(str(error).split())
    return message if len(message) <= 200 else message[:197] + "..."


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        double = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # adds
        raise UsageError(
            f"the key {_shown(double)} is there twice", hint="Leave one out; for several values write a list."
        )
    return made


def _from_table(table: Mapping[str, Any], what: str, text: str) -> Changes:
    table = _described(table)
    statements = _Statements()
    stated: dict[str, str] = {}
    for key, value in table.items():
        try:
            field, role = _resolve(key)
            if field in _VALUES and value is not None:
                _refuse_again(stated, field, key)
            _state_value(statements, key, field, role, value)
        except UsageError as error:
            raise UsageError(f"{what}{_place(text, key)}: {error.message}", hint=error.hint) from error
    return statements.changes()


def _refuse_again(stated: dict[str, str], field: str, key: str) -> None:
    if field in stated:
        raise UsageError(f"{key} says again what {stated[field]} says", hint="Leave one out.")
    stated[field] = key


def _described(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the table that has the keys: the file's own, or the `metadata` of a docpack document in JSON."""
    inner = table.get("metadata")
    if not isinstance(inner, dict) or not (len(table) == 1 or "docpack" in table):
        return table
    return {key: value for key, value in inner.items() if key != "title_origin"}


def _place(text: str, key: str) -> str:
    """Return ", line N" for the line on which a key stands, or "" where that cannot be told."""
    found = re.search(rf"(?m)^[ \t{{,]*(?:\[+[ \t]*)?[\"']?{re.escape(key)}[\"']?[ \t]*[]=:]", text)
    if not found:
        return ""
    return f", line {text.count(chr(10), 0, text.index(key, found.start())) + 1}"


def _state_value(statements: _Statements, key: str, field: str, role: str, value: Any) -> None:
    if value is None:  # JSON's null: nothing is said
        return
    if isinstance(value, list) and field in _LISTS:
        if not value:
            statements.none_of(field, role)
        for each in value:
            _state_item(statements, key, field, role, each)
    else:
        _state_item(statements, key, field, role, value)


def _state_item(statements: _Statements, key: str, field: str, role: str, value: Any) -> None:
    if not isinstance(value, dict):
        statements.state(key, _scalar(key, field, value))
    elif field == "contributor":
        statements.add(field, _person_of_table(key, role, value))
    elif field == "identifier":
        statements.add(field, _identifier_of_table(key, value))
    elif field == "source_identifier":
        statements.set(field, _identifier_of_table(key, value))
    else:
        raise UsageError(f"{key}: a text is expected, not a table", hint=f'Write {key} = "..." at the top of the file.')


def _scalar(key: str, field: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and field in ("date", "source_date", "series_position"):
        return f"{value:04d}" if isinstance(value, int) and field != "series_position" else str(value)
    if hasattr(value, "isoformat") and field in ("date", "source_date"):  # a date of TOML's, maybe with a time
        return str(value.isoformat())[:10]
    kind = {list: "a list", dict: "a table", bool: "a truth value"}.get(
        type(value), f"{_shown(str(value))} without quotes"
    )
    raise UsageError(f"{key}: a text is expected, not {kind}", hint="Put it in quotes; only some keys take lists.")


def _texts_of_table(key: str, table: Mapping[str, Any], allowed: tuple[str, ...]) -> list[str]:
    """Return the texts of a small table, in the order of `allowed`, the first of which it must have."""
    texts = {_normal(name): value for name, value in table.items() if value is not None}
    unknown = [name for name in texts if name not in allowed]
    if unknown or not all(isinstance(value, str) for value in texts.values()) or not texts.get(allowed[0], "").strip():
        raise UsageError(
            f"{key}: a table with {_shown(', '.join(map(str, table)))} is not understood",
            hint=f"Its keys are {', '.join(allowed)}; all are texts, and {allowed[0]} must be there.",
        )
    return [_text(key, texts.get(name, "")) for name in allowed]


def _person_of_table(key: str, role: str, table: Mapping[str, Any]) -> Contributor:
    name, stated, file_as = _texts_of_table(key, table, ("name", "role", "file_as"))
    own = _stated_role(key, stated) if stated else role or "ctb"
    if role and own != role:
        raise UsageError(f"{key}: the role of {_shown(name)} is {stated!r}", hint="List them under contributor.")
    return Contributor(name, own, file_as)


def _identifier_of_table(key: str, table: Mapping[str, Any]) -> Identifier:
    value, scheme = _texts_of_table(key, table, ("value", "scheme"))
    return _of_scheme(key, value, scheme)


def _of_scheme(key: str, value: str, scheme: str) -> Identifier:
    """Return an identifier whose scheme is named beside it; one that docpack does not know is taken as it is."""
    known = scheme.strip().lower()
    if known in _IDENTIFIERS or not known:
        return _identifier(key, f"{known}:{value}" if known else value)
    return Identifier(value, known)


# ------------------------------------------------------------------------------------------------- Dublin Core

_DC = ("http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/", "http://purl.org/dc/elements/1.0/")
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_OPF = "{http://www.idpf.org/2007/opf}"
# Elements with one place in the record, and what parts several of them; None: the first is taken.
_DC_TEXTS = {
    "publisher": ("publisher", "; "),
    "description": ("description", "\n\n"),
    "abstract": ("description", "\n\n"),
    "language": ("language", None),
    "conformsTo": ("conforms_to", None),
    "accessRights": ("rights", "; "),
}
_DC_DATES = {"issued": 0, "date": 1, "created": 2}  # which date to take, the lowest first
_DC_EVENTS = {"publication": 0, "original-publication": 1, "creation": 2}  # what EPUB 2 calls them
_DC_PERSONS = {"creator": "aut", "contributor": "ctb", "rightsHolder": "cph"}


def _from_xml(data: bytes, what: str) -> Changes:
    from docpack.xml_safety import parse_xml

    try:
        root = parse_xml(data, what=what)
    except InputError as error:  # the user's configuration is at fault, not the document
        raise UsageError(error.message, hint=error.hint) from error
    elements = [each for each in root.iter() if _is_dc(each) and not any(map(_is_dc, each.iterancestors()))]
    if not elements:
        raise UsageError(
            f"{what} holds no Dublin Core: its root is <{_local(root)}>",
            hint="Elements of the namespace http://purl.org/dc/elements/1.1/ or http://purl.org/dc/terms/ are read.",
        )
    records = {each.getparent(): None for each in elements if _local(each) == "title"}
    if len(records) > 1:
        raise UsageError(f"{what} holds {len(records)} records; one is expected", hint="Put one record into the file.")
    reading = _DublinCore(root)
    for element in elements:
        reading.take(element)
    return reading.changes()


def _is_dc(element: _Element) -> bool:
    return isinstance(element.tag, str) and element.tag[1:].partition("}")[0] in _DC


def _local(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _values_of(element: _Element) -> Iterator[str]:
    """Yield the values of an element: its text, its rdf:resource, or the items of its container."""
    items = list(element.iter(f"{_RDF}li"))
    if items and element.find(f".//{_RDF}Alt") is not None:
        items = items[:1]
    for each in items or [element]:
        text = " ".join(each.itertext()) if len(each) else each.text or ""
        yield text if text.strip() else each.get(f"{_RDF}resource", "")


class _DublinCore:
    """Reads the elements of one record, in their order."""

    def __init__(self, root: _Element) -> None:
        self._statements = _Statements()
        self._ignored: list[str] = []
        self._texts: dict[str, list[str]] = {}  # field -> parts that are joined at the end
        self._dates: list[tuple[int, str]] = []
        self._identifiers: list[Identifier] = []
        self._own_id = root.get("unique-identifier", "")  # of an EPUB package
        self._refinements = {  # EPUB 3 says role and file-as in elements of their own
            (each.get("refines", "")[1:], each.get("property", "")): (each.text or "").strip()
            for each in root.iter("{*}meta")
            if each.get("refines", "").startswith("#")
        }

    def take(self, element: _Element) -> None:
        """Take all values of an element; what cannot be used is listed."""
        for value in _values_of(element):
            if not value.strip():
                continue
            try:
                why = self._take_value(element, value)
            except UsageError as error:
                why = error.message
            if why:
                self._ignored.append(f"line {element.sourceline}: {_local(element)} is left out: {why}")

    def changes(self) -> Changes:
        """Return what the record states."""
        for field, parts in self._texts.items():
            separator = "\n\n" if field == "description" else "; "
            self._statements.set(field, separator.join(dict.fromkeys(parts)))
        if self._dates:
            self._statements.set("date", min(self._dates, key=lambda each: each[0])[1])
        for identifier in self._identifiers:
            self._statements.add("identifier", identifier)
        return self._statements.changes(self._ignored)

    def _take_value(self, element: _Element, value: str) -> str:
        """Take one value, or return why it cannot be taken."""
        name = _local(element)
        if name in _DC_PERSONS:
            self._statements.add("contributor", self._person(element, value))
            return ""
        if name in _DC_DATES:
            return self._take_date(element, value)
        if name in _DC_TEXTS:
            return self._take_text(*_DC_TEXTS[name], value)
        match name:
            case "title":
                is_subtitle = self._refinement(element, "title-type") == "subtitle"
                return self._take_text("subtitle" if is_subtitle else "title", None, value)
            case "subject":
                self._statements.add("subject", _text(name, value))
            case "identifier":
                self._take_identifier(element, value)
            case "source":
                return self._take_source(value)
            case "rights" | "license":
                return self._take_rights(value)
            case _:
                return "docpack has no place for it"
        return ""

    def _refinement(self, element: _Element, name: str) -> str:
        return (
            self._refinements.get((element.get("id", ""), name), "")
            or element.get(_OPF + name)
            or element.get(name, "")
        )

    def _person(self, element: _Element, value: str) -> Contributor:
        name = _text(_local(element), value)
        stated = self._refinement(element, "role")
        role = _relator(stated.rpartition(":")[2])  # also "marc:trl"
        if stated and not role:
            self._ignored.append(f"line {element.sourceline}: role {_shown(stated)} is left out: no MARC relator")
        return Contributor(
            name, role or _DC_PERSONS[_local(element)], _text("file-as", self._refinement(element, "file-as"))
        )

    def _take_date(self, element: _Element, value: str) -> str:
        event = self._refinement(element, "event")
        if event and event not in _DC_EVENTS:
            return f"it is the date of a {_shown(event)}"
        day = re.match(r"(?a)\s*(\d{4}-\d\d-\d\d)T[\d:.]+(?:Z|[+-][\d:]+)?\s*$", value)
        rank = _DC_EVENTS[event] if event else _DC_DATES[_local(element)]
        self._dates.append((rank, _date(_local(element), day[1] if day else value)))
        return ""

    def _take_text(self, field: str, separator: str | None, value: str) -> str:
        checked = _VALUES[field](field, value)
        if separator is not None:
            self._texts.setdefault(field, []).append(checked)
        elif self._statements.get(field) not in (None, checked):
            return f"there is one before {_shown(value.strip())}"
        else:
            self._statements.set(field, checked)
        return ""

    def _take_identifier(self, element: _Element, value: str) -> None:
        text = _text("identifier", value)
        scheme = element.get(f"{_OPF}scheme") or element.get("scheme", "")
        identifier = _of_scheme("identifier", text, scheme) if scheme else _known_identifier("identifier", text)
        made = identifier or Identifier(text)
        if self._own_id and element.get("id") == self._own_id:
            self._identifiers.insert(0, made)
        else:
            self._identifiers.append(made)

    def _take_source(self, value: str) -> str:
        text = _text("source", value)
        identifier = _known_identifier("source", text)
        field = "source_identifier" if identifier else "source_title"
        if self._statements.get(field) is not None:
            return f"there is one before {_shown(text)}"
        self._statements.set(field, identifier or text)
        return ""

    def _take_rights(self, value: str) -> str:
        text = _text("rights", value)
        if not re.match(r"(?i)(https?://|urn:)\S+$", text):
            return self._take_text("rights", "; ", text)
        return self._take_text("rights_uri", None, text)


_PARSERS_OF_FILES: dict[str, Callable[[bytes, str], Changes]] = {
    "toml": _from_toml,
    "json": _from_json,
    "xml": _from_xml,
}
