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


ADDRESS = (
    "<adresse><ligne>1 rue du Port</ligne><ligne>-</ligne><codepostal>93100</codepostal><ville>Lens</ville></adresse>"
)
RESPONSIBLE = f"""<organisme-formation-responsable>
<SIRET-organisme-formation><SIRET>73282932000074</SIRET></SIRET-organisme-formation>
<nom-organisme>Forma</nom-organisme><raison-sociale>FORMA SARL</raison-sociale>
<coordonnees-organisme><coordonnees>{ADDRESS}<telfixe><numtel>01 02</numtel></telfixe>
<courriel>forma@example.org</courriel></coordonnees></coordonnees-organisme>
</organisme-formation-responsable>"""


def session_xml(number: str = "SE_1", starts: str = "20260904", ends: str = "20261119") -> str:
    return f"""<session numero="{number}"><periode><debut>{starts}</debut><fin>{ends}</fin></periode>
<periode-inscription><periode><debut>00000000</debut><fin>20260101</fin></periode></periode-inscription></session>"""


def action_xml(
    *sessions: str, number: str = "AC_1", more: str = "<nombre-heures-total>258</nombre-heures-total>"
) -> str:
    return f"""<action numero="{number}"><modalites-enseignement>1</modalites-enseignement>
<lieu-de-formation><coordonnees><nom>Martin</nom>{ADDRESS}</coordonnees></lieu-de-formation>
{"".join(sessions or [session_xml()])}{more}
<organisme-financeur><code-financeur>2</code-financeur></organisme-financeur>
<organisme-financeur><code-financeur>4</code-financeur></organisme-financeur></action>"""


def formation_xml(*actions: str, number: str = "14_AF_1", title: str = "Vente", more: str = "") -> str:
    return f"""<formation numero="{number}"><domaine-formation>
<code-FORMACODE ref="V12">11111</code-FORMACODE><code-FORMACODE tag="principal">42854</code-FORMACODE>
<code-ROME>F1605</code-ROME></domaine-formation>
<intitule-formation>{title}</intitule-formation><objectif-formation>Vendre &amp; plaire</objectif-formation>
<contenu-formation>-</contenu-formation><certifiante>1</certifiante>
<certification><code-RNCP>34054</code-RNCP><code-CERTIFINFO>80735</code-CERTIFINFO></certification>
<code-niveau-sortie>13</code-niveau-sortie>{more}
{"".join(actions or [action_xml()])}{RESPONSIBLE}</formation>"""


def lheo(*formations: str, namespace: str = ' xmlns="http://www.lheo.org/2.2"', before: str = "") -> str:
    body = "".join(formations or [formation_xml()])
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}<lheo{namespace}><offres>{body}</offres></lheo>'
