/* What a phone keeps until it is sent: flights, their files, reports, and who uses the phone.
 *
 * Flights and reports carry the name of their owner; whoever lists them must say whose they want.
 */

const NAME = "libong-ranger";
const VERSION = 1;

let opening;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const database = request.result;
      database.createObjectStore("flights", { keyPath: "id" }).createIndex("owner", "owner");
      database.createObjectStore("files"); // key: [flight id, number]; value: a Blob
      database.createObjectStore("reports", { keyPath: "id" }).createIndex("owner", "owner");
      database.createObjectStore("people");
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("the phone's storage is in use elsewhere"));
  });
  return opening;
}

/** Open what is kept while the network is waited for; who asks for it later is told if it failed. */
export function openAhead() {
  open().catch(() => {});
}

/** Run `action(stores)` in one transaction; resolves with the request's result once all is kept. */
async function transaction(names, mode, action) {
  const database = await open();
  return new Promise((resolve, reject) => {
    // strict: on the disk, not only on its way there, when the phone is told that it is kept
    const running = database.transaction(names, mode, { durability: "strict" });
    const request = action(...names.map((name) => running.objectStore(name)));
    running.oncomplete = () => resolve(request ? request.result : undefined);
    running.onabort = () => reject(running.error); // an error that nobody handles aborts too
  });
}

export const flightsOf = (owner) =>
  transaction(["flights"], "readonly", (flights) => flights.index("owner").getAll(owner));

export const keepFlight = (flight) =>
  transaction(["flights"], "readwrite", (flights) => flights.put(flight));

export const fileOf = (flightId, number) =>
  transaction(["files"], "readonly", (files) => files.get([flightId, number]));

export const keepFile = (flightId, number, blob) =>
  transaction(["files"], "readwrite", (files) => files.put(blob, [flightId, number]));

export const countFiles = (flightId) =>
  transaction(["files"], "readonly", (files) => files.count(filesOf(flightId)));

const filesOf = (flightId) => IDBKeyRange.bound([flightId, 0], [flightId, Number.MAX_SAFE_INTEGER]);

/** Keep a flight without its files: the server has them. */
export const letFilesGo = (flight) =>
  transaction(["flights", "files"], "readwrite", (flights, files) => {
    flights.put(flight);
    files.delete(filesOf(flight.id));
  });

export const forgetFlight = (flightId) =>
  transaction(["flights", "files"], "readwrite", (flights, files) => {
    flights.delete(flightId);
    files.delete(filesOf(flightId));
  });

export const reportsOf = (owner) =>
  transaction(["reports"], "readonly", (reports) => reports.index("owner").getAll(owner));

export const keepReport = (report) =>
  transaction(["reports"], "readwrite", (reports) => reports.put(report));

export const forgetReport = (id) =>
  transaction(["reports"], "readwrite", (reports) => reports.delete(id));

/** Who used this phone last and has not logged out: `{ name, csrf_token }`, or undefined. */
export const whoIsHere = () =>
  transaction(["people"], "readonly", (people) => people.get("here"));

export const rememberWho = (person) =>
  transaction(["people"], "readwrite", (people) => people.put(person, "here"));

export const forgetWho = () =>
  transaction(["people"], "readwrite", (people) => people.delete("here"));
