/* Asks the worker that hashes; where no module worker can be had, hashes here. */

import { sha256Of } from "./hash.js";

let worker;
let asked = 0;
const waiting = new Map();

function startWorker() {
  const started = new Worker(new URL("hash_worker.js", import.meta.url), { type: "module" });
  started.onmessage = ({ data }) => {
    const asker = waiting.get(data.id);
    if (!asker) return;
    if (data.sha256 === undefined && data.fault === undefined) {
      asker.onBytes(data.done);
      return;
    }
    waiting.delete(data.id);
    if (data.fault === undefined) asker.resolve(data.sha256);
    else asker.reject(new Error(data.fault));
  };
  started.onerror = () => {
    // it never came to life: all that wait are hashed here instead
    worker = null;
    const left = [...waiting.values()];
    waiting.clear();
    for (const asker of left) sha256Of(asker.blob, asker.onBytes).then(asker.resolve, asker.reject);
  };
  return started;
}

export function hashInBackground(blob, onBytes) {
  if (worker === undefined) worker = startWorker();
  if (worker === null) return sha256Of(blob, onBytes);
  return new Promise((resolve, reject) => {
    const id = (asked += 1);
    waiting.set(id, { blob, onBytes, resolve, reject });
    worker.postMessage({ id, blob });
  });
}
