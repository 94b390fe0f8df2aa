// What every page gains with JavaScript; without it, all of them are whole.
const summary = document.getElementById("erreurs");
if (summary) summary.focus();

// Back brings a page of long ago: ask for it again.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// A form is sent once, and only where the service answers: what is typed stays in the page otherwise.
const forms = [...document.querySelectorAll("form[method=post]")];
const tell = (form, text) => {
  const line = form.querySelector("#etat, .told") ?? Object.assign(document.createElement("p"), { className: "told small" });
  line.setAttribute("role", "status");
  if (!line.isConnected) (form.querySelector(".bar") ?? form).append(line);
  line.textContent = text;
};
const rest = (form) => {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
};
for (const form of forms) {
  let typed = false;
  form.addEventListener("input", () => { typed = true; });
  if ("guard" in form.dataset) addEventListener("beforeunload", (event) => { if (typed && form.dataset.sent !== "going") event.preventDefault(); });
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (button?.formTarget === "_blank") return;
    if (form.dataset.sent === "ready") { form.dataset.sent = "going"; return; }
    event.preventDefault();
    if (form.dataset.sent) return;
    form.dataset.sent = "asking";
    if (button && !button.classList.contains("plain")) button.setAttribute("aria-disabled", "true");
    if (form.querySelector(".bar")) tell(form, "Envoi…");
    await form.settled?.();
    const unsent = () => {
      rest(form);
      form.dispatchEvent(new Event("unsent"));
      tell(form, "Le service ne répond pas : ce que vous avez écrit reste dans cette page. Réessayez dans quelques secondes.");
    };
    try {
      await fetch(document.body.dataset.alive, { cache: "no-store" });
    } catch {
      return unsent();
    }
    if (form.upload?.(button, unsent)) return;
    form.dataset.sent = "ready";
    form.requestSubmit(button);
  });
}
addEventListener("pageshow", () => forms.forEach(rest));

// A whole session is sent on without a click, until nothing of it is left.
const onward = document.querySelector("form[data-continue]");
onward?.addEventListener("unsent", () => setTimeout(() => onward.requestSubmit(), 5000));
onward?.requestSubmit();

// The bar at the foot of the screen hides nothing of what has the focus: browsers see to the first line of a long field only.
const bar = document.querySelector(".bar");
if (bar) {
  addEventListener("focusin", ({ target }) => {
    const behind = target.getBoundingClientRect().bottom > bar.getBoundingClientRect().top;
    if (behind && !bar.contains(target)) target.scrollIntoView({ block: "nearest" });
  });
}

// A filter chosen from a list applies at once; its button stays for everything else.
for (const select of document.querySelectorAll("form.filter select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// A day is shown whole once it is typed: 1/9/26 becomes 01/09/2026.
addEventListener("change", ({ target }) => {
  if (!target.matches?.("input.day")) return;
  const typed = target.value.trim(), way = typed.match(/^(\d{4})-(\d{1,2})-(\d{1,2})$/);
  const [day, month, year] = way ? way.slice(1).reverse() : (typed.match(/^(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4}|\d{2})$/) ?? typed.match(/^(\d{2})(\d{2})(\d{4})$/) ?? []).slice(1);
  if (day) target.value = [day.padStart(2, "0"), month.padStart(2, "0"), year.padStart(4, "20")].join("/");
});

// The size of a file stands beside it before it is sent.
for (const input of document.querySelectorAll("input[type=file]")) {
  const line = Object.assign(document.createElement("span"), { className: "small" });
  line.setAttribute("role", "status");
  input.after(" ", line);
  const show = () => { const file = input.files[0]; line.textContent = file ? `${file.name}, ${Math.max(Math.round(file.size / 1024), 1)}\u00a0Ko` : ""; };
  input.addEventListener("change", show);
  show();
}

// What is to be kept elsewhere is copied by a button.
for (const text of document.querySelectorAll("[data-copy]")) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: "Copier" });
  button.addEventListener("click", async () => { await navigator.clipboard.writeText(text.value ?? text.textContent); button.textContent = "Copié"; });
  text.after(" ", button);
}

// Help and folded parts open on paper, where the style alone cannot open them.
if (!CSS.supports("selector(::details-content)")) {
  addEventListener("beforeprint", () => { for (const each of document.querySelectorAll("details")) each.open = true; });
}
