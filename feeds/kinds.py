"""The kinds of feeds and the coded lists that can be imported, by their names on the command line."""

from domain.nomenclature import NomenclatureName

KINDS = {
    "plans": "training plans, JSON Lines (`plans-schema` prints the JSON Schema of a line)",
    "lheo": "sessions of the training offer, LHEO XML 2 or EDOF's catalogue",
    "trainees": "the employment service's trainee export, pipe-separated",
    "organizations": "the accounts export of training organizations, pipe-separated",
    "identities": "former and present identifiers of job seekers, delimited",
    "advisers": "who follows whom since when: identifiant, conseiller, agence, depuis",
    "nomenclature": "a coded list: the publisher's file (RNCP, RS, ROME, Formacode; CSV, XML, zip) or YAML",
}
LISTS = {name.value.lower().replace("_", "-"): name for name in NomenclatureName}
