/* Hashes beside the page, so that the page stays quick to the touch. */

import { sha256Of } from "./hash.js";

self.onmessage = async ({ data: { id, blob } }) => {
  try {
    const sha256 = await sha256Of(blob, (done) => self.postMessage({ id, done }));
    self.postMessage({ id, sha256 });
  } catch (error) {
    self.postMessage({ id, fault: String(error) });
  }
};
