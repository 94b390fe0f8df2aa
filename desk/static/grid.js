// A whole session: certifications as one types, and a grid that is filled as a spreadsheet is.
import { autosave } from "./parts/autosave.js";
import { combobox } from "./parts/combobox.js";

const form = document.getElementById("saisie");
if (form) {
  for (const box of form.querySelectorAll(".combobox")) combobox(box);

  // Alt with an arrow goes to the same column of the next row, or of the one before.
  form.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], place = event.target.id?.match(/^(duree|diplome|situation)-(\d+)$/);
    if (!event.altKey || !step || !place) return;
    event.preventDefault();
    const next = document.getElementById(`${place[1]}-${Number(place[2]) + step}`);
    next?.focus();
    next?.select?.();
  });

  // What was saved by itself shows in each row.
  form.addEventListener("saved", (event) => {
    for (const [number, missing] of Object.entries(event.detail.marks)) {
      const mark = document.querySelector(`#etat-${number} .mark`);
      mark.className = `mark ${missing ? "warn" : "good"}`;
      mark.textContent = missing ? `${missing}\u00a0réponse${missing > 1 ? "s manquantes" : " manquante"}` : "Complet";
    }
  });
  autosave(form);
}
