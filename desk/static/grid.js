// A whole session: certifications as one types, and a grid that is filled as a spreadsheet is.
import { autosave } from "./parts/autosave.js";
import { combobox } from "./parts/combobox.js";
import { uploads } from "./parts/upload.js";

const form = document.getElementById("saisie"), deposit = document.getElementById("depot");
if (deposit) uploads(deposit);
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

  const column = (name) => [...form.querySelectorAll(`tbody [name^="${name}-"]`)];
  const put = (field, value) => {
    if (!value || field.value === value) return 0;
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    return 1;
  };

  // Ctrl with D takes the answer of the row above; a button does so for all rows that have none.
  form.addEventListener("keydown", (event) => {
    const name = event.target.name?.match(/^(duree|diplome|situation)-\d+$/)?.[1];
    if (!event.ctrlKey || event.key.toLowerCase() !== "d" || !name) return;
    event.preventDefault();
    const fields = column(name);
    put(event.target, fields[fields.indexOf(event.target) - 1]?.value);
  });
  form.addEventListener("click", (event) => {
    const name = event.target.closest("button")?.value.match(/^recopier-(.+)$/)?.[1];
    if (!name) return;
    event.preventDefault();
    let above = "", filled = 0;
    for (const field of column(name)) {
      if (!field.value) filled += put(field, above);
      above = field.value || above;
    }
    document.getElementById("etat").textContent = filled ? `${filled} ligne${filled > 1 ? "s remplies" : " remplie"}.` : "Aucune ligne n’est à remplir.";
  });

  // How far each column is filled.
  form.addEventListener("input", () => {
    for (const name of ["duree", "diplome", "situation"]) {
      const total = document.getElementById(`total-${name}`), said = column(name).map((field) => field.value.trim());
      const count = (value) => said.filter((each) => each === value).length;
      if (total) total.textContent = name === "diplome" ? `${count("oui")} oui, ${count("non")} non` : `${said.length - count("")} sur ${said.length}`;
    }
  });

  // Only lines that were typed in are saved by themselves. What is common goes with them and with drafts, or else with the first line.
  const lines = new Set();
  let common = false;
  for (const event of ["input", "change"]) {
    form.addEventListener(event, ({ target }) => {
      const number = target.name?.match(/^(?:duree|diplome|situation)-(\d+)$/)?.[1];
      if (number) lines.add(number); else if (target.form === form) common = true;
    });
  }
  form.addEventListener("saving", ({ detail }) => {
    const plans = [...form.querySelectorAll("[name^=plan-]")].map((each) => [each.name.slice(5), each.value]);
    const named = plans.filter(([number]) => lines.has(number) || (common && form.elements[`version-${number}`].value));
    for (const [, plan] of named.length ? named : plans.slice(0, 1)) detail.append("ligne", plan);
  });

  // What was saved by itself shows in each row, and in the bar.
  form.addEventListener("saved", ({ detail }) => {
    for (const [number, [tone, text]] of Object.entries(detail.marks)) {
      const mark = document.querySelector(`#etat-${number} .mark`);
      mark.className = `mark ${tone}`;
      mark.textContent = text;
    }
    document.getElementById("compte").textContent = detail.counted;
    document.getElementById("transmettre").textContent = detail.complete > 1 ? `Transmettre les ${detail.complete} bilans complets…` : detail.complete ? "Transmettre le bilan complet…" : "Transmettre les bilans complets…";
  });
  autosave(form);
}
