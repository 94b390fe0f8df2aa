// Saves a form by itself, keeps what was typed over everything that may happen, and never transmits.
// The form has `data-autosave`, a hidden `version`, and a line `#etat` that tells what is the case.
const AFTER = 10_000;
const AGAIN = 15_000;

export function autosave(form) {
  const line = document.getElementById("etat");
  let changed = 0, saved = 0, timer = 0, running = null, stopped = false, waiting = false;

  const tell = (text, link) => {
    line.textContent = text;
    if (link) { const a = document.createElement("a"); a.href = link[0]; a.target = "_blank"; a.rel = "noopener"; a.textContent = link[1]; line.append(" ", a); }
  };
  const later = (milliseconds) => { clearTimeout(timer); timer = setTimeout(save, milliseconds); };

  function save() {
    clearTimeout(timer);
    if (stopped || changed === saved || form.dataset.sent) return running ?? Promise.resolve();
    running ??= send().finally(() => { running = null; });
    return running;
  }

  async function send() {
    const asOf = changed;
    const body = new URLSearchParams(new FormData(form));
    body.set("faire", "enregistrer");
    form.dispatchEvent(new CustomEvent("saving", { detail: body }));
    let answer;
    try {
      answer = await fetch(location.pathname + location.search, {
        method: "POST", body, headers: { Accept: "application/json" },
        keepalive: document.visibilityState === "hidden" && String(body).length < 60_000,
      });
    } catch {
      waiting = true;
      tell("Hors connexion : vos réponses restent dans cette page.");
      return later(AGAIN);
    }
    waiting = false;
    if (answer.ok) return took(await answer.json(), asOf);
    const wait = Number(answer.headers.get("Retry-After")) * 1000;
    switch (answer.status) {
      case 401:
        waiting = true;
        return tell("Votre session est terminée, vos réponses restent dans cette page :", [form.dataset.signIn, "se reconnecter (nouvel onglet)"]);
      case 409:
        stopped = true;
        return tell("Ce brouillon a été modifié entre-temps : enregistrez pour comparer.");
      case 422:
        return tell((await answer.json()).problems.map((each) => each.message).join(" "));
      case 429: case 503:
        later(Math.max(wait, AGAIN));
        return tell(answer.status === 429 ? "Beaucoup de dossiers consultés : l’enregistrement se refera tout seul." : "Momentanément indisponible, rien n’est perdu : l’enregistrement se refera tout seul.");
      default:
        stopped = true;
        return tell("L’enregistrement automatique s’est arrêté : enregistrez vous-même.");
    }
  }

  function took(told, asOf) {
    for (const [name, value] of Object.entries(told.fields ?? { version: told.version })) form.elements[name].value = value ?? "";
    form.dispatchEvent(new CustomEvent("saved", { detail: told }));
    saved = told.problems.length ? saved : asOf;
    const at = new Intl.DateTimeFormat("fr-FR", { hour: "numeric", minute: "2-digit", timeZone: "Europe/Paris" }).format(new Date(told.savedAt)).replace(/:| h ?/, "\u00a0h\u00a0");
    const missing = told.problems.length ? told.problems.length + " à revoir" : told.missing ? `${told.missing} réponse${told.missing > 1 ? "s" : ""} manquante${told.missing > 1 ? "s" : ""}` : "complet";
    tell(`Brouillon enregistré à ${at}, ${missing}.`);
    if (told.problems.length) { changed = asOf; stopped = false; } else if (changed !== asOf) later(AFTER);
  }

  const typed = (event) => { if (event.target.form && event.target.form !== form) return; changed += 1; if (!stopped && !waiting) tell("Modifications pas encore enregistrées."); later(AFTER); };
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  for (const event of ["online", "focus"]) addEventListener(event, () => { if (waiting) save(); });
  addEventListener("beforeunload", (event) => { if (form.dataset.sent !== "going" && changed !== saved) event.preventDefault(); });

  // A submission waits for what is being saved, whose version it then carries; where the service does not answer it is tried again.
  form.settled = async () => { clearTimeout(timer); await running; };
  form.addEventListener("unsent", () => { waiting = true; later(AGAIN); });
}
