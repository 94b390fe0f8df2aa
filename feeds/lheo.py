"""LHEO XML 2.2 and 2.3: the sessions of the training offer, with the answers that prefill the form of a report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from domain.course import CourseKey, CourseSession
from domain.facts import Session
from feeds import lheo_fields
from feeds.lheo_shape import LHEO
from feeds.outcome import NotThisFormat, Outcome, Rejected, Remark, shown
from feeds.remarks import Remarks
from feeds.shapes import FIRST_DAY, LAST_DAY
from feeds.xml_tree import NOT_XML, Element, records, require_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feeds.sources import Source

MAX_NUMBER = 64
_VERSION = re.compile(r"lheo.*?(?<![\d.])((\d)(?:\.\d+)*)(?!\d)", re.IGNORECASE)
"""The version of LHEO in a namespace or schema. That of EDOF's catalogue has none, and the catalogue is LHEO 2."""


def read_lheo(source: Source) -> Iterator[Outcome[CourseSession]]:
    """Read the sessions one by one.

    Raises NotThisFormat, before the first one, where the root is not `lheo`, another version is named, or entities
    are declared. Where the XML stops being well-formed the reading ends, and the last outcome says where. The feed
    has no labels of certifications, Formacode and ROME: `CourseSession.labelled` adds them.
    """
    root = require_root(source, LHEO, "LHEO")
    version = _VERSION.search(root.namespace) or _VERSION.search(root.schema)
    if version and version[2] != "2":
        raise NotThisFormat(f"{source.name} is LHEO {version[1]}, another version: only LHEO 2 can be read.")
    return _outcomes(source)


def _outcomes(source: Source) -> Iterator[Outcome[CourseSession]]:
    line = 1
    try:
        for formation in records(source, LHEO):
            line = formation.line
            yield from _sessions(formation)
    except NOT_XML as error:
        at = getattr(error, "position", (line, 0))[0]
        yield Rejected(at, (Remark("", "", f"not well-formed from here on, the rest was not read: {error}"),))


def _sessions(formation: Element) -> Iterator[Outcome[CourseSession]]:
    number = _number(formation)
    where = f"formation[{shown(number)}]/"
    of_course = Remarks(where)
    course = lheo_fields.course(formation, of_course)
    organization = lheo_fields.organization(formation.at("organisme-formation-responsable"), of_course)
    for action in formation.all("action"):
        of_action = Remarks(f"{where}action[{shown(_number(action))}]/", of_course)
        given = course | lheo_fields.action(action, of_action)
        for session in action.all("session"):
            remarks = Remarks(f"{where}session[{shown(_number(session))}]/", of_action)
            numbers = (number, _number(action), _number(session))
            published = _published(session, numbers, given, remarks)
            whole = published and published.model_copy(update={"organization": organization})
            yield remarks.outcome(session.line, whole)


def _published(
    node: Element, numbers: tuple[str, str, str], given: dict[str, Any], remarks: Remarks
) -> CourseSession | None:
    if not all(numbers) or max(map(len, numbers)) > MAX_NUMBER:
        remarks.refuse("@numero", "/".join(numbers), "course, action and session each need a number to be joined by")
    starts_on = lheo_fields.day(node, "debut", FIRST_DAY, remarks)
    ends_on = lheo_fields.day(node, "fin", LAST_DAY, remarks)
    if starts_on and ends_on and ends_on < starts_on:
        remarks.refuse("periode/fin", str(ends_on), "the session ends before it starts")
    if remarks.refused or starts_on is None or ends_on is None:
        return None
    key = CourseKey(formation=numbers[0], action=numbers[1], session=numbers[2])
    session = Session(id=str(key), carif_number=key.formation, starts_on=starts_on, ends_on=ends_on, **given)
    return CourseSession(key=key, session=session)


def _number(node: Element) -> str:
    return node.attributes.get("numero", "").strip()
