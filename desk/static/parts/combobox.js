// A field that offers what matches as one types (ARIA combobox with a list); without it there is a button.
export function combobox(box) {
  const field = box.querySelector("input:not([type=hidden])"), code = box.querySelector("input[type=hidden]");
  const list = document.createElement("ul"), said = document.createElement("span");
  let options = [], at = -1, timer = 0, asked = 0;
  box.querySelector("button").hidden = true;
  list.id = `${field.id}-liste`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Certifications qui correspondent");
  list.hidden = true;
  said.className = "unseen";
  said.setAttribute("role", "status");
  box.append(list, said);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) field.setAttribute(name, value);

  const close = () => { list.hidden = true; at = -1; field.setAttribute("aria-expanded", "false"); field.removeAttribute("aria-activedescendant"); };
  const mark = (index) => {
    at = (index + options.length) % options.length;
    [...list.children].forEach((each, number) => each.setAttribute("aria-selected", String(number === at)));
    field.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const choose = (option) => {
    field.value = `${option.code} – ${option.label}`;
    code.value = option.code;
    close();
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const show = (matches) => {
    options = matches;
    list.replaceChildren(...matches.map((each, number) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${number}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.textContent = `${each.code} – ${each.label}`;
      item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(each); });
      return item;
    }));
    list.hidden = !matches.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    if (!list.hidden) list.scrollIntoView({ block: "nearest" });
    said.textContent = matches.length ? `${matches.length} certification${matches.length > 1 ? "s" : ""}` : "Aucune certification ne correspond";
  };
  const search = async () => {
    const mine = ++asked, wanted = field.value.trim();
    if (!wanted) return close();
    try {
      const answer = await fetch(`${box.dataset.matches}?q=${encodeURIComponent(wanted)}`, { headers: { Accept: "application/json" } });
      if (answer.ok && mine === asked) show((await answer.json()).matches);
    } catch { close(); }
  };
  field.addEventListener("input", () => { code.value = ""; at = -1; clearTimeout(timer); timer = setTimeout(search, 200); });
  field.addEventListener("blur", () => {
    if (!list.hidden && options.length === 1 && !code.value) choose(options[0]);
    close();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) { event.preventDefault(); close(); }
    else if (event.key === "Enter" && !list.hidden && at >= 0) { event.preventDefault(); choose(options[at]); }
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length) {
      event.preventDefault();
      if (list.hidden) show(options);
      mark(event.key === "ArrowDown" ? at + 1 : at < 0 ? options.length - 1 : at - 1);
    }
  });
}
