/* Sends from the service worker when the network is back and no page of ours is open. */

import { sha256Of } from "./hash.js";
import { whoIsHere } from "./keeping.js";
import { Queue } from "./queue.js";
import { sendReports } from "./reports.js";
import { session } from "./server.js";

/** Send what the one who is logged in keeps here; throws where the browser should try later. */
export async function sendInBackground() {
  const here = await whoIsHere();
  if (!here) return; // logged out: what is kept waits for its owner
  const person = await session();
  if (person.name !== here.name) return;
  await sendReports(person);
  await new Queue({ person, hash: sha256Of, tell: () => {}, session }).sendOnce();
}
