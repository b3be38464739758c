/* Keeps the ranger's pages on the phone, where the browser can. */

const PAGES = "libong-ranger-pages"; // as in shell.js

export async function keepPages() {
  if (!("serviceWorker" in navigator)) return;
  const scope = { scope: "/ranger" };
  await navigator.serviceWorker.register("/ranger/service_worker.js", scope);
  await navigator.serviceWorker.ready;
  const cache = await caches.open(PAGES);
  for (const path of ["/ranger", "/ranger/report"]) {
    const answer = await fetch(path);
    // led elsewhere, the login is over: that page is none to keep
    if (answer.ok && !answer.redirected) await cache.put(path, answer);
  }
  document.documentElement.dataset.offline = "ready";
}
