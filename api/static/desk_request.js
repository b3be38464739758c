/* Requests of the desk: parts of the page as elements, and steps as JSON with the login's token. */

export const data = JSON.parse(document.getElementById("desk-data").textContent);

/* Why the server said no, in the reader's language: programs are told of it in English alone. */
export function inWords({ code, detail }) {
  const told = data.refusals[code];
  return (document.documentElement.lang === "en" ? (detail ?? told) : (told ?? detail)) ?? "";
}

/* Thrown for an answer that is no success; its message says why in words. */
export class Refused extends Error {
  constructor(status, problem) {
    super(inWords(problem));
    this.status = status;
  }
}

/* The way back in, where the login has ended. */
function logInAgain() {
  const link = document.createElement("a");
  link.href = `/login?${new URLSearchParams({ next: window.location.pathname + window.location.search })}`;
  link.textContent = data.log_in.link;
  const told = document.createElement("span");
  told.append(`${data.log_in.why} `, link);
  return told;
}

async function checked(response) {
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Refused(response.status, { detail: response.statusText, ...problem });
}

/* The first element of a part of the page, which the server wrote and escaped. */
export async function part(address) {
  const response = await checked(await fetch(address, { headers: { Accept: "text/html" } }));
  const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
  return document.importNode(parsed.body.firstElementChild, true);
}

export async function send(address, body) {
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": data.csrf_token },
    body: JSON.stringify(body),
  });
  return (await checked(response)).json();
}

/* What a page shows of a failure: the way back in, the server's words, or that there is no network. */
export function whyNot(error) {
  if (error.status === 401) return logInAgain();
  return error instanceof Refused ? error.message : data.offline;
}

/* Take one step with several incidents, each `{id, version}`. */
export function takeStep(incidents, step, reason) {
  return send("/api/v1/incidents/steps", {
    incidents: incidents.map(({ id, version }) => ({ id, expected_version: Number(version) })),
    step,
    reason,
  });
}
