"""What the navigation document says besides the book's own words, in the book's language."""

from __future__ import annotations

from dataclasses import dataclass

from docpack.model import Direction
from docpack.writers.html.rendering import language_attributes

__all__ = ["Words", "foreign_attributes", "words_for"]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: str
    contents: str
    text: str
    pages: str
    landmarks: str
    cover: str


_WORDS = {
    each.language: each
    for each in (
        Words("ar", "المحتويات", "بداية النص", "الصفحات", "المعالم", "الغلاف"),
        Words("cs", "Obsah", "Začátek textu", "Strany", "Přehled", "Obálka"),
        Words("da", "Indhold", "Tekstens begyndelse", "Sider", "Oversigt", "Omslag"),
        Words("de", "Inhalt", "Beginn des Textes", "Seiten", "Überblick", "Umschlag"),
        Words("el", "Περιεχόμενα", "Αρχή του κειμένου", "Σελίδες", "Ορόσημα", "Εξώφυλλο"),
        Words("en", "Contents", "Start of the text", "Pages", "Landmarks", "Cover"),
        Words("es", "Índice", "Comienzo del texto", "Páginas", "Puntos de referencia", "Cubierta"),
        Words("fa", "فهرست مطالب", "آغاز متن", "صفحه\u200cها", "نمای کلی", "جلد"),
        Words("fi", "Sisällys", "Tekstin alku", "Sivut", "Maamerkit", "Kansi"),
        Words("fr", "Table des matières", "Début du texte", "Pages", "Points de repère", "Couverture"),
        Words("he", "תוכן העניינים", "תחילת הטקסט", "עמודים", "ציוני דרך", "כריכה"),
        Words("it", "Indice", "Inizio del testo", "Pagine", "Punti di riferimento", "Copertina"),
        Words("ja", "目次", "本文の始まり", "ページ", "ランドマーク", "表紙"),
        Words("ko", "차례", "본문 시작", "쪽", "랜드마크", "표지"),
        Words("nl", "Inhoud", "Begin van de tekst", "Pagina’s", "Oriëntatiepunten", "Omslag"),
        Words("pl", "Spis treści", "Początek tekstu", "Strony", "Punkty orientacyjne", "Okładka"),
        Words("pt", "Índice", "Início do texto", "Páginas", "Pontos de referência", "Capa"),
        Words("ru", "Содержание", "Начало текста", "Страницы", "Ориентиры", "Обложка"),
        Words("sv", "Innehåll", "Textens början", "Sidor", "Översikt", "Omslag"),
        Words("zh", "目录", "正文开头", "页码", "地标", "封面"),
        Words("zh-hant", "目錄", "正文開頭", "頁碼", "地標", "封面"),
    )
}
_OTHER_NAMES = {"iw": "he"}  # withdrawn, but still written
_TRADITIONAL = frozenset({"hant", "hk", "mo", "tw"})


def words_for(language: str) -> Words:
    """Return the words in the book's language, in English where docpack does not know it."""
    return _WORDS.get(_key(language), _WORDS["en"])


def foreign_attributes(language: str) -> str:
    """Return language and direction as attributes for `words_for`, or "" where they are in the book's language.

    >>> foreign_attributes("la"), foreign_attributes("de-AT")
    (' xml:lang="en" lang="en" dir="ltr"', '')
    """
    return "" if _key(language) in _WORDS else language_attributes("en", Direction.LTR)


def _key(language: str) -> str:
    first, *others = language.lower().split("-")
    if first == "zh" and "hans" not in others and not _TRADITIONAL.isdisjoint(others):
        return "zh-hant"  # those who write it so rarely name the script, and name the region
    return _OTHER_NAMES.get(first, first)
