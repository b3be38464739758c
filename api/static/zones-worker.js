/* Keeps the page of zones for times without network. VERSION and FILES are put before this text.
 *
 * It answers for that page, its files and the zones alone; every other request goes past it. What
 * it gives from its store carries X-Kept-At, the moment (phone's clock, ms) when it was fetched.
 */

const STORE = `libong-zones-${VERSION}`;
const ZONES = "/api/public/zones.geojson";
const LANGUAGES = ["th", "en"];
const PATIENCE_MS = 4000; // a network that is slower than this is as good as none at sea

self.addEventListener("install", (event) => event.waitUntil(keepAll().then(() => self.skipWaiting())));

self.addEventListener("activate", (event) =>
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => name.startsWith("libong-zones-") && name !== STORE)
            .map((name) => caches.delete(name)),
        ),
      )
      .then(() => self.clients.claim()),
  ),
);

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname === "/" && request.mode === "navigate") {
    event.respondWith(freshOrKept(request, keyOfPage(url)));
  } else if (url.pathname === ZONES || FILES.includes(url.pathname)) {
    event.respondWith(freshOrKept(request, url.pathname));
  }
});

/* The page as it was last shown, or in the language that is asked for. */
function keyOfPage(url) {
  const language = url.searchParams.get("lang");
  return LANGUAGES.includes(language) ? `/?lang=${language}` : "/";
}

async function keepAll() {
  const store = await caches.open(STORE);
  const plain = { credentials: "omit", cache: "no-cache" }; // no cookie: the language stays chosen
  const pages = LANGUAGES.map((language) => `/?lang=${language}`);
  await Promise.all(
    [...FILES, ZONES, ...pages].map(async (path) => {
      const response = await fetch(path, plain);
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      await keep(store, path, response);
    }),
  );
  const shown = await fetch("/", { cache: "no-cache" });
  if (shown.ok) await keep(store, "/", shown);
}

async function keep(store, key, response) {
  const headers = new Headers(response.headers);
  headers.set("X-Kept-At", String(Date.now()));
  // the key says all, for the phone has one reader; and what is kept is no longer packed
  for (const name of ["Vary", "Content-Encoding", "Content-Length"]) headers.delete(name);
  await store.put(key, new Response(await response.blob(), { headers }));
}

async function freshOrKept(request, key) {
  const store = await caches.open(STORE);
  const kept = await store.match(key);
  // the browser's own cache must not pass off old zones as new
  const options = key === ZONES ? { cache: "no-cache" } : undefined;
  const fresh = fetch(request, options).then(async (response) => {
    if (!response.ok) return kept ?? response;
    const copy = response.clone();
    await keep(store, key, copy);
    const language = response.headers.get("Content-Language");
    if (key === "/" && language) await keep(store, `/?lang=${language}`, response.clone());
    if (key.startsWith("/?lang=")) await keep(store, "/", response.clone());
    return response;
  });
  if (!kept) return fresh;
  const impatience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, kept));
  return Promise.race([fresh.catch(() => kept), impatience]);
}
