"""HTML: a page of its own, and the XHTML that EPUB shares."""

from docpack.writers.html.page import HtmlWriter

__all__ = ["HtmlWriter"]
