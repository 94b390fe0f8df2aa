"""Small inputs in the shapes of the field."""

import io
import json
from typing import Any

from feeds.sources import Source


def source(content: bytes | str) -> Source:
    data = content.encode() if isinstance(content, str) else content
    stream = io.BytesIO(data)
    return Source("the feed", stream, position=stream.tell, total=len(data))


def plan_line(**changes: Any) -> dict[str, Any]:
    return {
        "id": "P-1",
        "startsOn": "2026-09-04",
        "endsOn": "2026-11-19",
        "funding": {"reference": "41C011478389", "scheme": "AFC", "employmentServiceFunded": True},
        "jobSeeker": {"identifier": "1205012K", "lastName": "ADAM", "firstName": "Zoé"},
        "adviser": {"id": "A-7", "name": "Lou Blanc", "agency": "62001"},
        "organization": organization_line(),
        "session": session_line(),
        "exit": None,
    } | changes


def organization_line(**changes: Any) -> dict[str, Any]:
    address = {"street": "1 rue du Port", "postalCode": "62223", "city": "Saint-Laurent"}
    return {"siret": "73282932000074", "legalName": "FORMA", "address": address, "phone": None} | changes


def session_line(**changes: Any) -> dict[str, Any]:
    return {
        "id": "S-1",
        "carifNumber": "00035125",
        "title": "Vente",
        "startsOn": "2026-09-04",
        "endsOn": "2026-11-19",
        "durationHours": 258,
        "formacode": {"code": "42854", "label": "Vente"},
        "teachingModeCode": "0",
        "certifying": True,
        "certification": {"code": "RNCP34054", "label": "Titre"},
        "exitLevelCode": "13",
    } | changes


def jsonl(*lines: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)
