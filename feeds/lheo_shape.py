"""The elements of LHEO 2.2 and 2.3 that are read, and the codes of funders in them."""

from feeds.xml_tree import Shape

_ADDRESS: Shape = {"ligne": {}, "codepostal": {}, "ville": {}}
_CONTACT: Shape = {"adresse": _ADDRESS, "telfixe": {"numtel": {}}}
_SESSION: Shape = {"periode": {"debut": {}, "fin": {}}}
_ACTION: Shape = {
    "modalites-enseignement": {},
    "lieu-de-formation": {"coordonnees": {"adresse": {"ville": {}}}},
    "session": _SESSION,
    "nombre-heures-centre": {},
    "nombre-heures-entreprise": {},
    "nombre-heures-total": {},
    "organisme-financeur": {"code-financeur": {}},
}
_FORMATION: Shape = {
    "domaine-formation": {"code-FORMACODE": {}, "code-ROME": {}},
    "intitule-formation": {},
    "objectif-formation": {},
    "contenu-formation": {},
    "certifiante": {},
    "certification": {"code-RNCP": {}, "code-RS": {}, "code-CERTIFINFO": {}},
    "code-niveau-sortie": {},
    "action": _ACTION,
    "organisme-formation-responsable": {
        "SIRET-organisme-formation": {"SIRET": {}},
        "nom-organisme": {},
        "raison-sociale": {},
        "coordonnees-organisme": {"coordonnees": _CONTACT},
    },
}
LHEO: Shape = {"lheo": {"offres": {"formation": _FORMATION}}}

EMPLOYMENT_SERVICE = "4"
FUNDERS = {
    "0": "Autre",
    "2": "Conseil régional",
    "3": "Fonds européens - FSE",
    "4": "Pôle emploi",
    "5": "Entreprise",
    "6": "ACSÉ",
    "7": "AGEFIPH",
    "8": "Conseil départemental",
    "9": "Commune",
    "10": "Bénéficiaire de l'action",
    "11": "État - Ministère chargé de l'emploi",
    "12": "État - Ministère de l'éducation nationale",
    "13": "État - Autre",
    "14": "Fonds européens - Autre",
    "15": "Collectivité territoriale - Autre",
    "16": "OPCO",
    "17": "Transition Pro",
    "18": "LADOM",
    "19": "État - Ministère de l'intérieur",
    "20": "OFII",
}
"""The codes of funders (dict-financeurs of LHEO 2.3), with shorter labels than there."""
