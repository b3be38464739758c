/* The flights of one ranger on their way: hashed, announced, sent, received, processed.
 *
 * Every step is kept before the next begins, so that a phone that dies at any moment goes on from
 * there. Files stay on the phone until the server says that the flight is received.
 */

import * as keeping from "./keeping.js";
import { askJson, Refused, SignedOut, Unreached } from "./server.js";
import { send } from "./tus.js";

export const Step = Object.freeze({
  ADDING: "adding", // its files are being copied; a flight that stayed so was cut short
  WAITING: "waiting",
  RECEIVED: "received", // the server has it all
  READY: "ready",
  FAILED: "failed",
});

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
const POLL_MS = 5_000;
const MOST_KEPT = 20;
const KEEP_MS = 2_000;

/** Files that could not be copied for want of room; they are sent while this page stays open. */
const onlyHere = new Map();

function pathOf(file) {
  return file.webkitRelativePath || file.name;
}

const isHidden = (path) => path.split("/").some((part) => part.startsWith("."));

function twoDigits(number) {
  return String(number).padStart(2, "0");
}

function flightName(files, now) {
  const day = [now.getFullYear(), twoDigits(now.getMonth() + 1), twoDigits(now.getDate())].join("-");
  const clock = `${twoDigits(now.getHours())}:${twoDigits(now.getMinutes())}`;
  const folder = pathOf(files[0]).includes("/") ? ` ${pathOf(files[0]).split("/")[0]}` : "";
  return `${day} ${clock}${folder}`.slice(0, 200);
}

/** Two files of one name, chosen from two folders, are told apart by a number. */
function tellingPaths(files) {
  const taken = new Set();
  return files.map((file) => {
    const path = pathOf(file);
    let telling = path;
    for (let number = 2; taken.has(telling); number += 1) {
      telling = path.replace(/(\.[^./]*)?$/, ` (${number})$1`);
    }
    taken.add(telling);
    return telling;
  });
}

function randomId() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("");
}

const lockName = (person) => `libong-queue-${person.name}`;

/** Keep files as a flight of `owner`; resolves once they can no longer be lost. */
export async function add(owner, chosen, onKept = () => {}) {
  const files = [...chosen].filter((file) => !isHidden(pathOf(file)));
  if (!files.length) return null;
  const paths = tellingPaths(files);
  const flight = {
    id: randomId(),
    owner,
    name: flightName(files, new Date()),
    added: Date.now(),
    step: Step.ADDING,
    files: files.map((file, number) => ({
      path: paths[number],
      size: file.size,
      kept: true,
      sha256: null,
      sent: false,
      refusal: null,
    })),
    uploadId: null,
    halt: null,
    found: null,
  };
  await keeping.keepFlight(flight);
  for (const [number, file] of files.entries()) {
    try {
      await keeping.keepFile(flight.id, number, file);
    } catch (error) {
      if (!/quota/i.test(`${error?.name} ${error}`)) throw error;
      flight.files[number].kept = false;
      onlyHere.set(`${flight.id}/${number}`, file);
    }
    onKept(number + 1, files.length);
  }
  flight.step = Step.WAITING;
  await keeping.keepFlight(flight);
  return flight;
}

/** Take up a flight whose page closed while its files were copied, where all of them are here. */
export async function recover(flight) {
  if (flight.step !== Step.ADDING) return;
  if ((await keeping.countFiles(flight.id)) < flight.files.length) return;
  flight.step = Step.WAITING;
  await keeping.keepFlight(flight);
}

async function blobOf(flight, number) {
  const kept = await keeping.fileOf(flight.id, number);
  return kept ?? onlyHere.get(`${flight.id}/${number}`) ?? null;
}

/** Sends what one person keeps here. `tell(flight, progress)` is told of every change. */
export class Queue {
  constructor({ person, hash, tell, session }) {
    Object.assign(this, { person, hash, tell, session });
    this.running = null;
    this.ended = false;
    this.wake = () => {};
  }

  /** Go on now: the network is back, or there is something new. */
  nudge() {
    this.again = true;
    this.wake();
    if (!this.ended) this.running ??= this.#run().finally(() => (this.running = null));
    return this.running;
  }

  /** Send what waits, once, unless an open page is at it. */
  async sendOnce() {
    const name = lockName(this.person);
    await navigator.locks.request(name, { ifAvailable: true }, (free) => free && this.#pass());
  }

  end() {
    this.ended = true;
    this.wake();
  }

  async #run() {
    if (!navigator.locks) return this.#drain();
    // with the same queue open twice, one sends and the other waits for its turn
    return navigator.locks.request(lockName(this.person), () => this.#drain());
  }

  async #drain() {
    let failures = 0;
    while (!this.ended) {
      this.again = false;
      try {
        const pending = await this.#pass();
        failures = 0;
        if (this.again) continue;
        if (!pending) return;
        await this.#pause(POLL_MS);
      } catch (error) {
        if (error instanceof SignedOut) {
          this.tell(null, { signedOut: true });
          return;
        }
        if (!(error instanceof Unreached)) throw error;
        const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
        failures += 1;
        this.tell(null, { unreached: true });
        await this.#pause(longest * (0.5 + Math.random() / 2));
      }
    }
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.again || this.ended) this.wake();
    });
  }

  /** Take every flight a step further; returns whether one is left that needs another look. */
  async #pass() {
    const flights = await keeping.flightsOf(this.person.name);
    flights.sort((one, other) => one.added - other.added);
    let pending = false;
    let unreached = null;
    for (const flight of flights) {
      if (this.ended) return false;
      try {
        if (flight.step === Step.WAITING && !flight.halt) await this.#sendFlight(flight);
        if (flight.step === Step.RECEIVED) await this.#look(flight);
      } catch (error) {
        if (error instanceof Unreached) unreached = error;
        else if (error instanceof Refused) await this.#halted(flight, error);
        else throw error;
      }
      pending ||= flight.step === Step.RECEIVED;
    }
    if (unreached) throw unreached;
    await this.#tidy(flights);
    return pending;
  }

  async #sendFlight(flight) {
    await this.#hashAll(flight);
    await this.#keep(flight);
    const present = flight.files.filter((file) => file.sha256);
    if (!present.length) {
      flight.halt = { code: "gone_from_phone" };
      await this.#keep(flight);
      return;
    }
    const manifest = {
      name: flight.name,
      files: present.map((file) => ({ path: file.path, size_bytes: file.size, sha256: file.sha256 })),
    };
    const upload = await this.#change("POST", "/api/v1/uploads", manifest);
    flight.uploadId = upload.id;
    this.#note(flight, upload);
    await this.#keep(flight);
    const urls = new Map(upload.listed.map((listed) => [listed.path, listed.url]));
    const sentHashes = new Set();
    for (const [number, file] of flight.files.entries()) {
      if (!file.sha256 || file.sent || file.refusal || sentHashes.has(file.sha256)) continue;
      if (this.ended) return;
      await this.#sendFile(flight, number, urls.get(file.path));
      if (file.sent) sentHashes.add(file.sha256);
    }
    const finish = `/api/v1/uploads/${upload.id}/finish`;
    // what can no longer be sent must not hold up the others
    const leave_out_missing = flight.files.some((file) => file.refusal?.code === "gone_from_phone");
    const received = await this.#change("POST", finish, { leave_out_missing });
    this.#note(flight, received);
    flight.step = Step.RECEIVED;
    await keeping.letFilesGo(flight); // only now: the server has verified and kept them all
    for (const number of flight.files.keys()) onlyHere.delete(`${flight.id}/${number}`);
    this.tell(flight, {});
  }

  async #hashAll(flight) {
    for (const [number, file] of flight.files.entries()) {
      if (file.sha256 || file.refusal) continue;
      const blob = await blobOf(flight, number);
      if (blob === null) {
        file.refusal = { code: "gone_from_phone" };
      } else {
        try {
          file.sha256 = await this.hash(blob, (done) =>
            this.tell(flight, { number, hashed: done }),
          );
          file.size = blob.size;
        } catch (error) {
          file.refusal = { code: "unreadable", reason: String(error) };
        }
      }
      await this.#keepNowAndThen(flight);
    }
  }

  async #sendFile(flight, number, url) {
    const file = flight.files[number];
    const blob = await blobOf(flight, number);
    if (blob === null) {
      file.refusal = { code: "gone_from_phone" };
    } else {
      try {
        await send(blob, url, this.person, (done) => this.tell(flight, { number, sent: done }));
        file.sent = true;
      } catch (error) {
        if (!(error instanceof Refused && error.status === 415)) throw error;
        file.refusal = { code: error.code, reason: error.detail, remedy: error.remedy };
      }
    }
    await this.#keepNowAndThen(flight);
  }

  /** A change, with a fresh token once if the login was renewed meanwhile. */
  async #change(method, url, value) {
    try {
      return await askJson(method, url, this.person, value);
    } catch (error) {
      if (!(error instanceof Refused && error.code === "csrf")) throw error;
      const now = await this.session();
      if (now.name !== this.person.name) throw new SignedOut();
      this.person.csrf_token = now.csrf_token;
      return askJson(method, url, this.person, value);
    }
  }

  #note(flight, upload) {
    const told = new Map(upload.listed.map((listed) => [listed.path, listed]));
    for (const file of flight.files) {
      const listed = told.get(file.path);
      if (!listed) continue;
      file.sent = listed.state === "stored";
      if (listed.state === "refused") file.refusal ??= listed.refusal;
    }
  }

  async #look(flight) {
    const answer = await askJson("GET", `/api/v1/ranger/flights/${flight.uploadId}`, this.person);
    flight.found = answer;
    if (answer.state === "ready") flight.step = Step.READY;
    if (answer.state === "failed") flight.step = Step.FAILED;
    await this.#keep(flight);
  }

  async #halted(flight, error) {
    if (error.code === "csrf") {
      const now = await this.session();
      if (now.name !== this.person.name) throw new SignedOut();
      this.person.csrf_token = now.csrf_token;
      this.again = true;
      return;
    }
    if (flight.step === Step.RECEIVED) return; // it is there; only its answer could not be read
    if ([404, 409, 410].includes(error.status) && (flight.tries ?? 0) < 5) {
      flight.tries = (flight.tries ?? 0) + 1; // the server waited too long, or was put back
      this.again = true;
    } else {
      flight.halt = { code: error.code, reason: error.detail };
    }
    await this.#keep(flight);
  }

  async #tidy(flights) {
    const done = flights.filter((flight) => [Step.READY, Step.FAILED].includes(flight.step));
    for (const flight of done.slice(0, Math.max(0, done.length - MOST_KEPT))) {
      await keeping.forgetFlight(flight.id);
      this.tell(flight, { gone: true });
    }
  }

  async #keep(flight) {
    await keeping.keepFlight(flight);
    this.tell(flight, {});
  }

  /** Keep it unless that was done just now: of thousands of files, each would write all again.
   *
   * What is lost with the page is found again: hashes here, the rest by asking the server.
   */
  async #keepNowAndThen(flight) {
    const now = performance.now();
    if (now - (this.keptAt ?? 0) < KEEP_MS) {
      this.tell(flight, {});
      return;
    }
    this.keptAt = now;
    await this.#keep(flight);
  }
}
