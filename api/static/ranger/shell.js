/* Service worker: the ranger's pages without a network.
 *
 * All files are fetched whole when a new version is installed, and then answered from the phone;
 * pages come from the network where there is one. Nothing behind the login is kept but the empty
 * pages themselves. `SHELL` (a name of this version, and its files) is written before this text by
 * the server. Neither imports nor exports, so that it runs in browsers without module workers too.
 */
/* global SHELL */

const PAGES = "libong-ranger-pages";
const SLOW_MS = 6_000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL.name)
      .then((cache) =>
        cache.addAll(SHELL.files.map((path) => new Request(path, { cache: "no-cache" }))),
      )
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => name.startsWith("libong-ranger-") && ![SHELL.name, PAGES].includes(name))
            .map((name) => caches.delete(name)),
        ),
      )
      .then(() => self.clients.claim()),
  );
});

async function page(request) {
  const path = new URL(request.url).pathname;
  const cache = await caches.open(PAGES);
  const kept = await cache.match(path, { ignoreVary: true });
  const fresh = fetch(request).then(async (answer) => {
    if (answer.ok && !answer.redirected && answer.type === "basic") await cache.put(path, answer.clone());
    return answer;
  });
  if (!kept) return fresh;
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(kept), SLOW_MS);
  });
  try {
    return await Promise.race([fresh, late]);
  } catch {
    return kept;
  } finally {
    clearTimeout(timer);
    fresh.catch(() => {}); // a failure after the page was shown concerns nobody
  }
}

async function file(request) {
  const kept = await caches.match(request, { cacheName: SHELL.name, ignoreSearch: true });
  return kept ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (SHELL.files.includes(url.pathname)) event.respondWith(file(request));
});
