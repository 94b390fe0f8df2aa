"""What can be imported, by the names that the command line knows."""

from domain.nomenclature import NomenclatureName

KINDS = {
    "plans": "training plans, JSON Lines (`plans-schema` prints the JSON Schema of a line)",
    "lheo": "sessions of the training offer, LHEO XML 2.2 or 2.3",
    "trainees": "the employment service's trainee export, pipe-separated",
    "organizations": "the accounts export of training organizations, pipe-separated",
    "identities": "former and present identifiers of job seekers, delimited",
    "advisers": "who follows whom since when: identifiant, conseiller, agence, depuis",
    "nomenclature": "a coded list: the publisher's file (RNCP, ROME, Formacode) or YAML",
}
LISTS = {name.value.lower().replace("_", "-"): name for name in NomenclatureName}
