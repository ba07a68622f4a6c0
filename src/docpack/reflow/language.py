"""Which language is this? Counts the commonest words of some languages, and scripts; unsure means unknown."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from docpack.model import Direction

__all__ = ["direction_of_letters", "guess_language"]

SAMPLE_CHARACTERS = 40_000
MIN_WORDS = 50  # below this a guess would be luck
MIN_SHARE = 0.12  # of all words; running text of a language has 0.2-0.45 of its own list, 0.00-0.08 of another's
MIN_LEAD = 1.6  # times the second best
_WORDS = {
    "en": "the of and to in that is was he for it with as his on be at by had not but from they which you",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es er sie war",
    "fr": "de la le et les des en un une du que est pour qui dans il par sur au pas ne se ce plus elle était",
    "es": "de la que el en y los se del las un por con no una su para es al lo como más pero le era",
    "it": "di e il la che in un a per è una sono con non del si da le dei nel alla come più ma gli era",
    "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos como mas ao ele era",
    "nl": "de het een van en in is dat op te zijn met voor niet aan er om ook als dan maar bij hij was",
    "sv": "och i att det som en på är av för med den till inte han var ett om hade de så men från",
    "da": "og i at det som en på er af for med den til ikke han var et om havde de så men fra",
    "pl": "i w na z do się nie to że jest o jak za od po ale przez był co tak już tylko jego",
    "la": "et in est non ad ut cum quod qui ex sed si per ab sunt quae esse atque aut enim etiam hoc",
    "fi": "ja on ei se hän oli että joka mutta niin kun kuin ovat olla myös ne hänen mitä jo sen",
    "cs": "a se v na je že to s z do o i ale jako za by po tak jsem byl jeho pro když už",
    "hu": "a az és hogy nem is egy volt de ez azt csak már meg mint ha el még kell mert vagy",
    "ru": "и в не на что он с как то его но она по к из все за так же было у от бы",
    "uk": "і в не на що він з як до його але та за це так від був було вона по",
    "el": "και το να του της την τον η ο με που για από στο δεν τα οι θα είναι στην",
}  # fmt: skip
_LISTS = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_SCRIPTS = (  # compiled where a text has such letters, as it takes milliseconds
    ("ja", "[\u3040-\u30ff]"),
    ("ko", "[\uac00-\ud7a3]"),
    ("zh", "[\u4e00-\u9fff]"),
    ("he", "[\u05d0-\u05ea]"),
    ("ar", "[\u0621-\u064a]"),
    ("th", "[\u0e01-\u0e3a]"),
    ("hi", "[\u0904-\u0939]"),
)
_WORD = re.compile(r"[^\W\d_]+")


def guess_language(text: str) -> str:
    """Return a BCP 47 tag, or "und" where the text does not say clearly."""
    sample = text[:SAMPLE_CHARACTERS]
    letters = sum(map(str.isalpha, sample))
    for language, script in () if sample.isascii() else _SCRIPTS:
        # Kana make Japanese even where ideographs are more.
        share = 0.08 if language == "ja" else 0.4
        if letters > MIN_WORDS and len(re.findall(script, sample)) > letters * share:
            return language
    words = Counter(_WORD.findall(sample.casefold()))
    total = words.total()
    if total < MIN_WORDS:
        return "und"
    scores = sorted(((sum(words[w] for w in known) / total, tag) for tag, known in _LISTS.items()), reverse=True)
    best, second = scores[0], scores[1]
    return best[1] if best[0] >= MIN_SHARE and best[0] >= second[0] * MIN_LEAD else "und"


def direction_of_letters(text: str) -> Direction:
    """Return the direction in which most letters of a text are written, whatever its language is."""
    letters = Counter(map(unicodedata.bidirectional, text[:SAMPLE_CHARACTERS]))
    return Direction.RTL if letters["R"] + letters["AL"] > letters["L"] else Direction.LTR
