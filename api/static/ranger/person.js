/* Who uses this phone: by the server's word, or without a network by the last login's. */

import { firstSession } from "./first_session.js";
import * as keeping from "./keeping.js";
import { session, SignedOut, Unreached } from "./server.js";

/** Return `{ person, signedOut }`: the person may be undefined. */
export async function whoUsesThis() {
  keeping.openAhead();
  try {
    const person = await firstSession();
    await keeping.rememberWho(person);
    return { person, signedOut: false };
  } catch (error) {
    const person = await keeping.whoIsHere();
    if (error instanceof Unreached) return { person, signedOut: false };
    if (error instanceof SignedOut) return { person, signedOut: true };
    throw error;
  }
}

/** Show the name and the way out; the queue of who leaves stays, unseen, until they come back. */
export function showWho(person, beforeLeaving) {
  const form = document.querySelector("#leave");
  form.hidden = false;
  document.querySelector("#who").textContent = person.name;
  form.elements.csrf_token.value = person.csrf_token;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    beforeLeaving();
    await keeping.forgetWho();
    try {
      // the token may be older than the login
      form.elements.csrf_token.value = (await session()).csrf_token;
      form.submit();
    } catch {
      window.location.reload(); // without a network, or logged out already: nobody is here now
    }
  });
}
