"""EPUB 3.3, one XHTML file a chapter, which EPUB 2 programs can open too."""

from docpack.writers.epub.writer import EpubWriter

__all__ = ["EpubWriter"]
