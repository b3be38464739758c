/* The SHA-256 of a file of any size, read piece by piece: 4 GB never lie in memory at once. */

import "./old_browsers.js";
import { sha256 } from "../vendor/noble-hashes/sha2.js";

const PIECE_BYTES = 4 * 1024 * 1024;

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function sha256Of(blob, onBytes = () => {}) {
  const digest = sha256.create();
  for (let start = 0; start < blob.size; start += PIECE_BYTES) {
    const piece = await blob.slice(start, start + PIECE_BYTES).arrayBuffer();
    digest.update(new Uint8Array(piece));
    onBytes(Math.min(start + PIECE_BYTES, blob.size));
  }
  return hex(digest.digest());
}
