// A whole session: certifications as one types, rows by keyboard, and what was not reached sent again.
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
}

// Without a click: the very same again, until nothing is left.
document.querySelector("form[data-continue]")?.requestSubmit();
