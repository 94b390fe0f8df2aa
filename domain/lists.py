"""The code lists that come with the product, in display order; the others (RNCP, ROME, Formacode) are imported.

TEACHING_MODE and EXIT_LEVEL are those of LHEO 2.3 (dict-modalites-enseignement, dict-niveaux). EXIT_SITUATION,
EXIT_REASON, ABSENCE_REASON and CORRECTION_REASON are proposals of ours: no published source was found, and they are
data that may change.
"""

from domain.nomenclature import ListedEntry, NomenclatureName

_TEACHING_MODE = {
    "0": "Formation entièrement présentielle",
    "1": "Formation mixte",
    "2": "Formation entièrement à distance",
}
_EXIT_LEVEL = {
    "11": "Niveau 1 : savoirs de base",
    "12": "Niveau 2 : compétences professionnelles de base",
    "13": "Niveau 3 : CAP, BEP",
    "14": "Niveau 4 : baccalauréat",
    "15": "Niveau 5 : BTS, DUT",
    "16": "Niveau 6 : licence, maîtrise",
    "17": "Niveau 7 : master",
    "18": "Niveau 8 : doctorat",
    "1": "Sans niveau spécifique",
    "0": "Information non communiquée",
}
_EXIT_LEVEL_RETIRED = {
    "2": "Ancien niveau VI : illettrisme, analphabétisme",
    "3": "Ancien niveau V bis : préqualification",
    "4": "Ancien niveau V : CAP, BEP",
    "5": "Ancien niveau IV : baccalauréat",
    "6": "Ancien niveau III : BTS, DUT",
    "7": "Ancien niveau II : licence, maîtrise",
    "8": "Ancien niveau I : supérieur à la maîtrise",
}
EXIT_LEVEL_TODAY: dict[str, str | None] = {"4": "13", "5": "14", "6": "15"} | dict.fromkeys(("2", "3", "7", "8"))
"""The levels of 2019 for those of 1969 (LHEO has both): only where one of today has the same diplomas, else none."""

_EXIT_SITUATION = {
    "EMPLOI_CDI": "En emploi : CDI",
    "EMPLOI_CDD_6M_PLUS": "En emploi : CDD de six mois ou plus",
    "FONCTION_PUBLIQUE": "En emploi : fonction publique",
    "CREATION_ENTREPRISE": "Création ou reprise d'entreprise",
    "ALTERNANCE": "Contrat en alternance",
    "EMPLOI_CDD_MOINS_6M": "En emploi : CDD de moins de six mois ou intérim",
    "CONTRAT_AIDE_INSERTION": "Contrat aidé ou insertion par l'activité économique",
    "PROMESSE_EMBAUCHE": "Promesse d'embauche",
    "AUTRE_FORMATION": "Entrée dans une autre formation",
    "FORMATION_SCOLAIRE": "Reprise d'études scolaires ou universitaires",
    "ATTENTE_CERTIFICATION": "En attente des résultats de la certification",
    "RECHERCHE_EMPLOI": "En recherche d'emploi",
    "INDISPONIBLE": "Indisponible pour un emploi",
    "RETRAIT": "Retrait du marché du travail",
    "AUTRE": "Autre situation",
    "NON_CONNUE": "Situation non connue",
}
_EXIT_REASON = {
    "REPRISE_EMPLOI": "Reprise d'emploi",
    "AUTRE_FORMATION": "Entrée dans une autre formation",
    "CERTIFICATION_ANTICIPEE": "Certification obtenue avant le terme",
    "SANTE": "Raison de santé",
    "MATERNITE_PATERNITE": "Maternité ou paternité",
    "GARDE_ENFANT": "Garde d'enfant",
    "MOBILITE_TRANSPORT": "Difficulté de mobilité ou de transport",
    "LOGEMENT": "Difficulté de logement",
    "DIFFICULTE_FINANCIERE": "Difficulté financière",
    "DEMENAGEMENT": "Déménagement",
    "CHANGEMENT_PROJET": "Changement de projet professionnel",
    "FORMATION_INADAPTEE": "Formation inadaptée",
    "DECISION_STAGIAIRE": "Décision du stagiaire",
    "ABSENCES_INJUSTIFIEES": "Absences injustifiées",
    "EXCLUSION_DISCIPLINAIRE": "Exclusion disciplinaire",
    "INTERRUPTION_OF_REPORT": "Interruption par l'organisme, formation reportée",
    "INTERRUPTION_OF_SANS_REPORT": "Interruption par l'organisme, sans report",
    "NON_PRESENTE": "Ne s'est pas présenté",
    "FORCE_MAJEURE": "Force majeure",
    "DECES": "Décès",
    "AUTRE": "Autre motif",
}
_ABSENCE_REASON = {
    "MALADIE": "Maladie",
    "ACCIDENT_TRAVAIL": "Accident du travail",
    "MATERNITE": "Maternité",
    "ENFANT_MALADE": "Enfant malade",
    "EVENEMENT_FAMILIAL": "Événement familial",
    "CONVOCATION_ADMINISTRATIVE": "Convocation administrative ou judiciaire",
    "ENTRETIEN_EMBAUCHE": "Entretien d'embauche",
    "RDV_FRANCE_TRAVAIL": "Rendez-vous à France Travail",
    "TRANSPORT": "Difficulté de transport",
    "FERMETURE_OF": "Fermeture de l'organisme",
    "AUTRE_JUSTIFIEE": "Autre absence justifiée",
    "INJUSTIFIEE": "Absence injustifiée",
}
_CORRECTION_REASON = {
    "ERREUR_SAISIE": "Erreur de saisie",
    "RESULTAT_CERTIFICATION": "Résultat de la certification connu après la transmission",
    "SITUATION_SORTIE": "Situation à la sortie connue après la transmission",
    "DUREE_PERIODES": "Durée ou périodes de stage rectifiées",
    "IDENTITE_INTITULE": "Nom, intitulé ou référence rectifiés",
    "DEMANDE_STAGIAIRE": "Rectification demandée par le stagiaire",
    "DEMANDE_FINANCEUR": "Rectification demandée par le financeur",
    "AUTRE": "Autre motif",
}


def _listed(labels: dict[str, str], *, retired: bool = False) -> tuple[ListedEntry, ...]:
    return tuple(ListedEntry(code=code, label=label, retired=retired) for code, label in labels.items())


PACKAGED: dict[NomenclatureName, tuple[ListedEntry, ...]] = {
    NomenclatureName.TEACHING_MODE: _listed(_TEACHING_MODE),
    NomenclatureName.EXIT_LEVEL: _listed(_EXIT_LEVEL) + _listed(_EXIT_LEVEL_RETIRED, retired=True),
    NomenclatureName.EXIT_SITUATION: _listed(_EXIT_SITUATION),
    NomenclatureName.EXIT_REASON: _listed(_EXIT_REASON),
    NomenclatureName.ABSENCE_REASON: _listed(_ABSENCE_REASON),
    NomenclatureName.CORRECTION_REASON: _listed(_CORRECTION_REASON),
}
