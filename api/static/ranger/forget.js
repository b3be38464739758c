/* The login page is shown to nobody who is logged in: what the last one keeps here stays hidden. */

import { forgetWho } from "./keeping.js";

if ("indexedDB" in self) forgetWho().catch(() => {});
