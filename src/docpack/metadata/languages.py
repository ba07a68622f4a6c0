"""Language tags, and the direction in which a language is written."""

from __future__ import annotations

import re

from docpack.metadata.values import read_text, wrong
from docpack.model import Direction

__all__ = ["direction_of", "read_language"]

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


def read_language(key: str, value: str) -> str:
    """Return a language tag in its canonical case.

    Raises:
        UsageError: It is none; the message calls it by `key`.

    Spec:
        RFC 5646, sections 2.1 (syntax), 2.1.1 (case), 2.2.5 and 2.2.6 (no variant or extension twice).
    """
    tag = read_text(key, value)
    found = re.fullmatch(_LANGUAGE_TAG, tag) if len(tag) <= _MAX_TAG else None
    if found is None:
        hint = "Write a BCP 47 tag, e.g. en, de-AT or zh-Hant; und where the language is not known."
        if re.fullmatch(_LANGUAGE_TAG, tag[:_MAX_TAG].replace("_", "-")):
            hint = f"Write {_cased(tag.replace('_', '-'))}."
        raise wrong(key, tag, "is no language tag", hint)
    variants, extensions = ((part or "").lower() for part in found.group("variants", "extensions"))
    for subtags in (variants.split("-")[1:], re.findall(r"-([a-z0-9])(?=-)", extensions)):
        if len(set(subtags)) < len(subtags):
            raise wrong(key, tag, "has a subtag twice", "Leave one out.")
    return _cased(tag)


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


def _cased(tag: str) -> str:
    primary, *others = tag.lower().split("-")
    made, private = [_SHORT_CODES.get(primary, primary)], len(primary) == 1
    for subtag in others:
        private = private or len(subtag) == 1
        if not private and len(subtag) in (2, 4) and subtag.isalpha():
            subtag = subtag.upper() if len(subtag) == 2 else subtag.title()  # noqa: PLW2901  # the same, cased
        made.append(subtag)
    return "-".join(made)


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
