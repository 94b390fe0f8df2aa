// Sends a form with its file and shows how much of it has left; what is answered takes the place of the page.
export function uploads(form) {
  const input = form.querySelector("input[type=file]") ?? document.querySelector(`input[type=file][form="${form.id}"]`);
  if (!input) return;
  const line = document.createElement("p"), bar = document.createElement("progress"), text = document.createElement("span");
  line.className = "upload small";
  bar.setAttribute("aria-label", "Envoi du fichier");
  text.setAttribute("role", "status");
  line.append(bar, " ", text);

  const shown = (answer) => {
    if (answer.redirected) return location.assign(answer.address);
    history.replaceState(null, "", answer.address);
    document.open();
    document.write(answer.page);
    document.close();
    // A module runs once in a document, whatever is written into it: for the new page it has another address.
    for (const { src } of document.querySelectorAll("script[type=module]")) import(`${src}?${Date.now()}`);
  };

  // What else is typed in the page is not left without a word: then the browser itself sends the form, and asks first.
  form.upload = (button, failed) => {
    if (!input.files.length) return false;
    if (!dispatchEvent(new Event("beforeunload", { cancelable: true }))) {
      // Who stays may send it later: no event tells of that, and clocks stand still while the browser asks.
      setTimeout(() => { delete form.dataset.sent; button?.removeAttribute("aria-disabled"); }, 1000);
      return false;
    }
    const request = new XMLHttpRequest(), body = new FormData(form), [address] = form.action.split("#");
    if (button?.name) body.append(button.name, button.value);
    request.open("POST", address);
    request.setRequestHeader("Accept", "text/html");
    bar.max = input.files[0].size;
    bar.value = 0;
    text.textContent = "Envoi du fichier…";
    input.closest("p").after(line);
    request.upload.addEventListener("progress", ({ loaded, total }) => { bar.max = total; bar.value = loaded; });
    request.upload.addEventListener("load", () => { bar.removeAttribute("value"); text.textContent = "Fichier reçu, vérification…"; });
    request.addEventListener("load", () => shown({ page: request.responseText, address: request.responseURL, redirected: request.responseURL !== address }));
    request.addEventListener("error", () => { line.remove(); failed(); });
    request.send(body);
    return true;
  };
}
