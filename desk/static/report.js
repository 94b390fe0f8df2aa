// The form of a report: saved by itself, certifications as one types, periods added and taken away at once.
import { autosave } from "./parts/autosave.js";
import { combobox } from "./parts/combobox.js";

const form = document.getElementById("bilan");
if (form) {
  for (const box of form.querySelectorAll(".combobox")) combobox(box);

  for (const line of form.querySelectorAll("[data-count]")) {
    const text = document.getElementById(line.dataset.count), number = new Intl.NumberFormat("fr-FR");
    text.addEventListener("input", () => {
      const length = [...text.value].length;
      line.textContent = `${number.format(length)} caractère${length > 1 ? "s" : ""} sur 3\u202f000`;
    });
  }

  const periods = form.querySelector(".periods"), rows = () => [...periods.querySelectorAll(".period")];
  const renumber = () => rows().forEach((row, index) => {
    const from = row.querySelector("input").id.match(/\d+/)[0], to = String(index + 1);
    row.setAttribute("aria-label", `Période ${to}`);
    for (const each of row.querySelectorAll("[id], [name], [for], [value], [aria-describedby]")) {
      for (const name of ["id", "name", "for", "aria-describedby"]) if (each.hasAttribute(name)) each.setAttribute(name, each.getAttribute(name).replace(`periode-${from}-`, `periode-${to}-`));
      if (each.name === "faire") each.value = `retirer-periode-${to}`;
    }
  });
  const blank = (row) => {
    row.classList.remove("wrong");
    for (const error of row.querySelectorAll(".error")) error.remove();
    for (const input of row.querySelectorAll("input")) { input.value = ""; input.removeAttribute("aria-invalid"); input.removeAttribute("aria-describedby"); }
    return row;
  };
  periods.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    event.preventDefault();
    if (button.value === "ajouter-periode") {
      const row = blank(rows().at(-1).cloneNode(true));
      row.querySelector("input").id = `periode-${rows().length + 1}-du`;
      rows().at(-1).after(row);
      for (const [input, bound] of [[row.querySelectorAll("input")[0], "du"], [row.querySelectorAll("input")[1], "au"]]) { input.id = input.name = `periode-${rows().length}-${bound}`; }
      row.querySelectorAll("label").forEach((label, index) => { label.htmlFor = row.querySelectorAll("input")[index].id; });
      row.querySelector("button").value = `retirer-periode-${rows().length}`;
      row.querySelector("button .unseen").textContent = ` la période ${rows().length}`;
      row.setAttribute("aria-label", `Période ${rows().length}`);
      row.querySelector("input").focus();
    } else {
      const row = button.closest(".period"), all = rows(), next = all[all.indexOf(row) + 1] ?? all[all.indexOf(row) - 1];
      if (all.length === 1) blank(row); else row.remove();
      renumber();
      (next ?? row).querySelector("input").focus();
    }
    form.dispatchEvent(new Event("change"));
  });

  // What is folded stands in the address: it stays so over saving, reloading and going back.
  for (const part of form.querySelectorAll(".part")) {
    part.addEventListener("toggle", () => {
      const address = new URL(location), folded = [...form.querySelectorAll(".part:not([open])")].map((each) => each.dataset.part);
      address.searchParams.delete("masquer");
      for (const each of folded.length ? folded : [""]) address.searchParams.append("masquer", each);
      history.replaceState(null, "", address);
    });
  }

  // An error in a folded part opens it.
  for (const link of document.querySelectorAll("#erreurs a")) {
    link.addEventListener("click", () => document.querySelector(link.getAttribute("href"))?.closest("details")?.setAttribute("open", ""));
  }
  if (form.hasAttribute("data-autosave")) autosave(form);
}

// Receipts are asked for again while somebody looks.
const again = document.querySelector("[data-again]");
if (again) {
  setInterval(async () => {
    if (document.visibilityState !== "visible") return;
    try {
      const answer = await fetch(location.pathname);
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-again] ol"), old = again.querySelector("ol");
      if (fresh && fresh.innerHTML !== old.innerHTML) old.innerHTML = fresh.innerHTML;
    } catch { /* asked again in a while */ }
  }, Number(again.dataset.again) * 1000);
}
