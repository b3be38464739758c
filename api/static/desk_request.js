/* Requests of the desk: parts of the page as elements, and steps as JSON with the login's token. */

export const data = JSON.parse(document.getElementById("desk-data").textContent);

/* Thrown for an answer that is no success; `detail` says why in words. */
export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

async function checked(response) {
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Refused(response.status, problem.detail ?? response.statusText);
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

/* Take one step with several incidents, each `{id, version}`. */
export function takeStep(incidents, step, reason) {
  return send("/api/v1/incidents/steps", {
    incidents: incidents.map(({ id, version }) => ({ id, expected_version: Number(version) })),
    step,
    reason,
  });
}
