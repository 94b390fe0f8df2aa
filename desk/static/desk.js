// What every page gains with JavaScript; without it, all of them are whole.
const summary = document.getElementById("erreurs");
if (summary) summary.focus();

// Back brings a page of long ago: ask for it again.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// A form is sent once: a second click says that the first is under way.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (button && !button.classList.contains("plain") && button.formTarget !== "_blank") button.setAttribute("aria-disabled", "true");
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

// A filter chosen from a list applies at once; its button stays for everything else.
for (const select of document.querySelectorAll("form.filter select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// Help and folded parts open on paper.
addEventListener("beforeprint", () => { for (const each of document.querySelectorAll("details")) each.open = true; });
