"""Schematron by SaxonC: the rules become a style sheet, as the standard's own implementation has it.

A rule's context is a pattern of XSLT, the first rule of a pattern that fits a node is the one that counts, and
`current()` is the node: what an evaluation as plain XPath gets wrong.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

_S = "{http://purl.oclc.org/dsdl/schematron}"
_HEAD = (
    '<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" expand-text="no"'
    ' xmlns:docpack-map="http://www.w3.org/2005/xpath-functions/map"{spaces}>'
    '<xsl:output method="text" encoding="UTF-8"/>'
)


def judge(path: str, rules: str) -> dict[str, Any]:
    """Return which rules a document breaks."""
    saxon = import_module("saxonche")
    sheet = _style_sheet(ElementTree.parse(rules).getroot())  # noqa: S314  # the user's own schema
    with saxon.PySaxonProcessor(license=False) as processor:
        xslt = processor.new_xslt30_processor()
        program = xslt.compile_stylesheet(stylesheet_text=sheet)
        try:
            document = processor.parse_xml(xml_file_name=path)
        except saxon.PySaxonApiError as error:
            return {"clean": False, "messages": [["error", "not well-formed", "", str(error)]]}
        printed = program.transform_to_string(xdm_node=document)
    messages = [json.loads(line) for line in str(printed).splitlines() if line.strip()]
    return {"clean": not messages, "messages": messages}


def _style_sheet(schema: Any) -> str:
    spaces = "".join(f" xmlns:{each.get('prefix')}={quoteattr(each.get('uri', ''))}" for each in schema.iter(f"{_S}ns"))
    patterns = list(schema.iter(f"{_S}pattern"))
    calls = "".join(f'<xsl:apply-templates select="/" mode="p{i}"/>' for i in range(len(patterns)))
    parts = [_HEAD.format(spaces=spaces), f'<xsl:template match="/">{calls}</xsl:template>']
    parts += [_lets(schema)]
    for i, pattern in enumerate(patterns):
        parts.append(f'<xsl:mode name="p{i}" on-no-match="shallow-skip"/>')
        rules = pattern.findall(f"{_S}rule")
        for j, rule in enumerate(rules):
            lets = _lets(pattern) + _lets(rule)
            body = "".join(_check(each) for each in rule if each.tag in {f"{_S}assert", f"{_S}report"})
            parts.append(
                f'<xsl:template match={quoteattr(rule.get("context", ""))} mode="p{i}" priority="{len(rules) - j}">'
                f'{lets}{body}<xsl:apply-templates select="@*, node()" mode="p{i}"/></xsl:template>'
            )
    return "".join(parts) + "</xsl:stylesheet>"


def _lets(element: Any) -> str:
    return "".join(
        f"<xsl:variable name={quoteattr(each.get('name', ''))} select={quoteattr(each.get('value', ''))}/>"
        for each in element.findall(f"{_S}let")
    )


def _check(check: Any) -> str:
    test = check.get("test", "")
    condition = f"not({test})" if check.tag == f"{_S}assert" else f"boolean({test})"
    gravity = "warning" if check.get("role") in {"warning", "warn", "info", "information"} else "error"
    code = check.get("id") or ""
    return (
        f'<xsl:if test={quoteattr(condition)}><xsl:variable name="docpack-text">{_text(check)}</xsl:variable>'
        f"<xsl:value-of select={quoteattr(_LINE.format(gravity=gravity, code=code.replace(chr(39), '')))}/></xsl:if>"
    )


# One message a line, as JSON; a path is given without the long names of its namespaces.
_LINE = (
    "concat(serialize([ '{gravity}', '{code}', replace(path(current()), 'Q\\{{[^}}]*\\}}', ''),"
    " normalize-space($docpack-text) ], map{{'method': 'json'}}), '\n')"
)


def _text(check: Any) -> str:
    """Return the words of a check, with the values and names that it inserts."""
    parts = [f"<xsl:text>{escape(check.text or '')}</xsl:text>"]
    for child in check:
        if child.tag == f"{_S}value-of":
            parts.append(f"<xsl:value-of select={quoteattr(child.get('select', ''))}/>")
        elif child.tag == f"{_S}name":
            parts.append(f"<xsl:value-of select={quoteattr('name(' + child.get('path', '.') + ')')}/>")
        else:
            parts.append(f"<xsl:text>{escape(''.join(child.itertext()))}</xsl:text>")
        parts.append(f"<xsl:text>{escape(child.tail or '')}</xsl:text>")
    return "".join(parts)
