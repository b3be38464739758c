/* One file by tus 1.0 (https://tus.io/protocols/resumable-upload): from the byte where it stopped,
 * piece by piece, each with a checksum of its own.
 */

import { ask, Refused, Unreached } from "./server.js";

const VERSION = { "Tus-Resumable": "1.0.0" };
// Small at first: a weak network must finish one before it breaks, or nothing ever moves.
const SMALLEST_BYTES = 128 * 1024;
const LARGEST_BYTES = 4 * 1024 * 1024;
const QUICK_MS = 4_000;
const CHECKSUM_MISMATCH = 460;

let pieceBytes = 256 * 1024;

async function checksum(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `sha256 ${btoa(String.fromCharCode(...digest))}`;
}

async function offsetOf(url) {
  const answer = await ask("HEAD", url, { headers: VERSION });
  return Number(answer.headers.get("Upload-Offset"));
}

function adapt(tookMs, length) {
  if (length < pieceBytes) return; // the last piece tells nothing
  if (tookMs < QUICK_MS) pieceBytes = Math.min(LARGEST_BYTES, pieceBytes * 2);
}

/** Send `blob` to `url` until it is whole there; throws Unreached, SignedOut or Refused. */
export async function send(blob, url, person, onBytes) {
  let offset = await offsetOf(url);
  let wrong = 0;
  onBytes(offset);
  while (offset < blob.size) {
    const bytes = await blob.slice(offset, offset + pieceBytes).arrayBuffer();
    const began = performance.now();
    try {
      const answer = await ask("PATCH", url, {
        headers: {
          ...VERSION,
          "X-CSRF-Token": person.csrf_token,
          "Content-Type": "application/offset+octet-stream",
          "Upload-Offset": String(offset),
          "Upload-Checksum": await checksum(bytes),
        },
        body: bytes,
      });
      offset = Number(answer.headers.get("Upload-Offset"));
      adapt(performance.now() - began, bytes.byteLength);
      wrong = 0;
    } catch (error) {
      if (error instanceof Unreached) {
        pieceBytes = Math.max(SMALLEST_BYTES, pieceBytes / 2);
        throw error;
      }
      const outOfStep = error instanceof Refused && [409, CHECKSUM_MISMATCH].includes(error.status);
      wrong += 1;
      if (!outOfStep || wrong > 5) throw error;
      offset = await offsetOf(url); // damaged on the way, or an earlier connection was faster
    }
    onBytes(offset);
  }
}
