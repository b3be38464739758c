/* Asks who is logged in while the page's other modules are still on their way. */

import { session } from "./server.js";

const asked = session();
asked.catch(() => {}); // told to who waits for it

/** The answer to the question that this page asked first. */
export const firstSession = () => asked;
