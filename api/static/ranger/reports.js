/* Quick reports on their way: kept on the phone, sent when there is a network. */

import * as keeping from "./keeping.js";
import { ask, Refused } from "./server.js";

/** Send what this person keeps; `tell(report)` is told of each that was sent or refused. */
export async function sendReports(person, tell = () => {}) {
  const send = async () => {
    for (const report of await keeping.reportsOf(person.name)) {
      if (report.refused) continue;
      await sendOne(person, report, tell);
    }
  };
  if (!navigator.locks) return send();
  return navigator.locks.request(`libong-reports-${person.name}`, send);
}

function formOf(report) {
  const form = new FormData();
  // the id makes a report that is sent twice, for an answer was lost, the same one
  for (const name of ["id", "kind", "words", "place_words", "lon", "lat", "error_m", "made_at"]) {
    if (report[name] !== null && report[name] !== undefined) form.append(name, report[name]);
  }
  if (report.photo) form.append("photo", report.photo, "photo");
  return form;
}

async function sendOne(person, report, tell) {
  const headers = { "X-CSRF-Token": person.csrf_token };
  try {
    const answer = await ask("POST", "/api/v1/ranger/reports", { headers, body: formOf(report) });
    await keeping.forgetReport(report.id);
    tell(report, await answer.json());
  } catch (error) {
    if (!(error instanceof Refused) || error.code === "csrf") throw error;
    report.refused = error.code;
    await keeping.keepReport(report);
    tell(report, null);
  }
}
