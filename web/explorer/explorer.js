// GraphiQL over this service: queries by POST, subscriptions as an event stream, with the token that is chosen above.
(() => {
  const address = new URL("graphql", document.baseURI.replace(/explorer\/?$/, "")).pathname;
  const person = document.getElementById("person");

  const EXAMPLES = [
    `# Organisme de formation : ce qui est à saisir
query Tableau {
  reportDashboard { asOf fundedSessions otherSessions unreferencedPlans drafts }
  pendingSessions(first: 5) { totalCount nodes { title city pendingReportCount } }
}
`,
    `# Demandeur d'emploi : les formations de mon suivi
query MesFormations {
  viewer { name jobSeeker { plans { totalCount nodes { title reportStatus report { transmittedAt document { url } } } } } }
}
`,
    `# Conseiller : chaque bilan au moment où il est transmis. Avec after, ceux d'avant aussi.
subscription Bilans {
  reportTransmitted { cursor occurredAt report { jobSeeker { lastName } plan { title } } }
}
`,
  ];

  const isSubscription = (text, name) => {
    const found = [...text.matchAll(/^\s*(query|mutation|subscription)\b\s*(\w*)/gm)];
    const chosen = found.find((each) => each[2] === name) || found[0];
    return Boolean(chosen) && chosen[1] === "subscription";
  };

  const send = (request, headers, accept) => fetch(address, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: accept,
      ...(person && person.value ? { Authorization: `Bearer ${person.value}` } : {}),
      ...headers,
    },
    body: JSON.stringify(request),
  });

  async function* events(response) {
    if (!response.headers.get("Content-Type").startsWith("text/event-stream")) {
      yield await response.json();
      return;
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    try {
      for (let text = ""; ;) {
        const { value, done } = await reader.read();
        if (done) return;
        const blocks = (text + value).split("\n\n");
        text = blocks.pop();
        for (const block of blocks) {
          const data = block.split("\n").find((line) => line.startsWith("data: {"));
          if (data) yield JSON.parse(data.slice("data: ".length));
        }
      }
    } finally {
      await reader.cancel();
    }
  }

  const fetcher = async (asked, options = {}) => {
    // Just after a change of tab the editor may still name the operation of the tab before.
    const request = asked.query.includes(asked.operationName || "") ? asked : { ...asked, operationName: undefined };
    const headers = options.headers || {};
    if (isSubscription(request.query, request.operationName)) {
      return events(await send(request, headers, "text/event-stream"));
    }
    return (await send(request, headers, "application/json")).json();
  };

  const forgetful = { getItem: () => null, setItem: () => {}, removeItem: () => {}, clear: () => {}, length: 0 };
  const explorer = React.createElement(GraphiQL, {
    fetcher,
    defaultTabs: EXAMPLES.map((query) => ({ query })),
    storage: forgetful, // tokens and answers stay in this page
    shouldPersistHeaders: false,
  });
  const place = document.getElementById("graphiql");
  place.textContent = "";
  if (ReactDOM.createRoot) ReactDOM.createRoot(place).render(explorer);
  else ReactDOM.render(explorer, place);
})();
