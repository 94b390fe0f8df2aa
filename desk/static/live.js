// What is transmitted while the page is open: one polite line, never a row that jumps.
const line = document.querySelector("[data-live]");
if (line && "EventSource" in window) {
  const base = line.dataset.base;
  let cursor = "", told = 0, source = null, pause = 1000;

  const tell = (report) => {
    told += 1;
    const person = report.jobSeeker;
    const clock = new Intl.DateTimeFormat("fr-FR", { timeZone: "Europe/Paris", hour: "numeric", minute: "2-digit" });
    const at = clock.format(new Date(report.transmittedAt)).replace(":", " h ");
    const text = document.createElement("p");
    const strong = document.createElement("strong");
    const link = document.createElement("a");
    if (told === 1) {
      strong.textContent = `Nouveau bilan : ${person.lastName.toUpperCase()} ${person.firstName}`;
      text.append(strong, `, ${report.plan.title}, transmis à ${at}. `);
      link.href = `${base}/recus/${report.id}`;
      link.textContent = "Lire le bilan";
    } else {
      strong.textContent = `${told} nouveaux bilans. `;
      text.append(strong);
      link.href = `${base}/recus`;
      link.textContent = "Afficher";
    }
    text.append(link);
    line.className = "live notice news";
    line.replaceChildren(text);
  };

  const follow = () => {
    source = new EventSource(`${base}${line.dataset.live}${cursor ? `?depuis=${encodeURIComponent(cursor)}` : ""}`);
    source.addEventListener("next", (event) => {
      pause = 1000;
      const answer = JSON.parse(event.data);
      const found = answer.data && answer.data.reportTransmitted;
      if (!found) return;
      cursor = found.cursor;
      tell(found.report);
    });
    const again = () => {
      source.close();
      setTimeout(follow, pause);
      pause = Math.min(pause * 2, 60000);
    };
    source.addEventListener("complete", again);
    source.addEventListener("error", again);
  };
  follow();
  addEventListener("pagehide", () => source.close());
}
