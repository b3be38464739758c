/* Requests to the server, told apart by what can be done about a failure. */

const TIMEOUT_MS = 120_000;

/** No answer, or one that says "later": the same request may succeed by itself. */
export class Unreached extends Error {}

/** The login is over; its owner must log in again. */
export class SignedOut extends Error {}

/** The server said no. `code`, `detail`, `remedy` are its words (RFC 9457), `status` its number. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? `HTTP ${status}`);
    Object.assign(this, { status, code: problem.code, detail: problem.detail, remedy: problem.remedy });
  }
}

const LATER = new Set([408, 425, 429, 500, 502, 503, 504]);

export async function ask(method, url, { headers = {}, body, timeoutMs = TIMEOUT_MS } = {}) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  let answer;
  try {
    answer = await fetch(url, {
      method,
      headers,
      body,
      signal: abort.signal,
      cache: "no-store",
      redirect: "error",
    });
  } catch (error) {
    throw new Unreached(String(error));
  } finally {
    clearTimeout(timer);
  }
  if (answer.ok) return answer;
  if (answer.status === 401) throw new SignedOut();
  if (LATER.has(answer.status)) throw new Unreached(`HTTP ${answer.status}`);
  throw new Refused(answer.status, await answer.json().catch(() => ({})));
}

export async function askJson(method, url, person, value) {
  const headers = { "X-CSRF-Token": person.csrf_token };
  if (value !== undefined) headers["Content-Type"] = "application/json";
  const body = value === undefined ? undefined : JSON.stringify(value);
  return (await ask(method, url, { headers, body })).json();
}

/** Who is logged in by the server's word: `{ name, role, csrf_token }`. */
export async function session() {
  return (await ask("GET", "/api/v1/session", { timeoutMs: 20_000 })).json();
}
