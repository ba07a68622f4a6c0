"""Who had which part in the work: contributors, and their roles by MARC's list."""

from __future__ import annotations

from docpack.metadata.values import normal_key, read_text, wrong
from docpack.model import Contributor

__all__ = ["RELATORS", "ROLES", "person", "person_with_role", "relator", "stated_role"]

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
ROLES = {name.replace(" ", "_"): code for code, name in RELATORS.items()}


def relator(text: str) -> str:
    """Return the MARC code that a code or a role's name stands for, or ""."""
    name = normal_key(text)
    return name if name in RELATORS or name in _OTHER_RELATORS else ROLES.get(name, "")


def stated_role(key: str, text: str) -> str:
    """Return the MARC code that a code or a role's name stands for.

    Raises:
        UsageError: It stands for none; the message calls it by `key`.
    """
    role = relator(text)
    if not role:
        hint = f"Write a code or one of: {', '.join(RELATORS.values())}. Without a better one: ctb: NAME."
        raise wrong(key, text.strip(), "is no MARC relator", hint)
    return role


def person(key: str, value: str, role: str) -> Contributor:
    """Return a contributor from `Name` or `Name|Name, as it is filed`; without a name: nobody has the role."""
    parts = [part.strip() for part in read_text(key, value).split("|")]
    if len(parts) > 2 or (len(parts) == 2 and not all(parts)):
        raise wrong(key, value, "is no name", "Write the name, or name and filing form: Ines Almqvist|Almqvist, Ines.")
    return Contributor(parts[0], role, *parts[1:])


def person_with_role(key: str, value: str) -> Contributor:
    """Return a contributor from `ROLE: NAME`, or from a name alone."""
    prefix, colon, name = value.partition(":")
    return person(key, name, stated_role(key, prefix)) if colon else person(key, value, "ctb")
