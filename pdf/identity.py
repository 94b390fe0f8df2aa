"""The standards that the file names: PDF/A-3a by WeasyPrint's variant, PDF/UA-1 in the same XMP packet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from weasyprint.pdf.metadata import DocumentMetadata

if TYPE_CHECKING:
    from weasyprint import Document

_PDF_UA = """<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">\
<pdfuaid:part>1</pdfuaid:part></rdf:Description>\
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">\
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of PDF/UA to which the file conforms</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""
"""PDF/A-3 (ISO 19005-3, 6.6.2.3) wants a schema of another standard's properties described in the file itself."""


class _BothStandards(DocumentMetadata):  # type: ignore[misc]  # WeasyPrint has no types
    def generate_rdf_metadata(self, *arguments: Any) -> bytes:  # noqa: ANN401 - passed on as they come
        rdf: bytes = super().generate_rdf_metadata(*arguments)
        head, end, tail = rdf.rpartition(b"</rdf:RDF>")
        return head + _PDF_UA.encode() + end + tail


def identified(document: Document) -> Document:
    """Return a laid out document that will name both standards."""
    document.metadata = _BothStandards(**vars(document.metadata))
    return document
