"""Mends the file of WeasyPrint 70 before it is written, in two points of PDF/A and PDF/UA."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydyf import PDF, Array, Dictionary  # type: ignore[import-untyped]
    from weasyprint import Document


def finished(_: Document, pdf: PDF) -> None:
    """Finish a file: a WeasyPrint `finisher`."""
    _associate_once(pdf)
    _unlisted_to_artifacts(pdf)


def _associate_once(pdf: PDF) -> None:
    """Name each attached file once among the associated ones, where it is named twice."""
    associated = pdf.catalog["AF"]
    associated[:] = dict.fromkeys(associated)


def _unlisted_to_artifacts(pdf: PDF) -> None:
    """Take running heads and feet out of what is read aloud: they repeat what the page has said.

    They come with structure elements that hang in no tree; content is to be in the structure, or to be marked
    as an artifact (ISO 14289-1, 7.1).
    """
    root = _at(pdf, pdf.catalog["StructTreeRoot"])
    listed = set(_below(pdf, root))
    for number, element in enumerate(pdf.objects):
        if number not in listed and isinstance(element, dict) and element.get("Type") == "/StructElem":
            _release(pdf, element)
            element.clear()
    for entries in _at(pdf, root["ParentTree"])["Nums"][1::2]:
        if isinstance(entries, list):
            entries[:] = [entry if _number(entry) in listed else b"null" for entry in entries]


def _release(pdf: PDF, element: Dictionary) -> None:
    operators = _at(pdf, _at(pdf, element["Pg"])["Contents"]).stream
    marks = [kid for kid in element["K"] if isinstance(kid, int)]
    for position, operand in enumerate(operators):
        if marks and isinstance(operand, dict) and operand.get("MCID") in marks:
            operators[position - 1] = "/Artifact"
            operand.clear()
            operand["Type"] = "/Pagination"


def _below(pdf: PDF, element: Dictionary) -> Iterator[int]:
    kids: Array = element.get("K", ())
    for kid in kids:
        if not isinstance(kid, int):
            yield _number(kid)
            yield from _below(pdf, _at(pdf, kid))


def _at(pdf: PDF, reference: bytes) -> Dictionary:
    return pdf.objects[_number(reference)]


def _number(reference: bytes) -> int:
    return int(reference.split()[0])
