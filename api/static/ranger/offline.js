/* Keeps the ranger's pages on the phone, where the browser can. */

const PAGES = "libong-ranger-pages"; // as in shell.js

export async function keepPages() {
  if (!("serviceWorker" in navigator)) return;
  const scope = { scope: "/ranger" };
  await navigator.serviceWorker.register("/ranger/service_worker.js", scope);
  await navigator.serviceWorker.ready;
  const cache = await caches.open(PAGES);
  await cache.addAll(["/ranger", "/ranger/report"]);
  document.documentElement.dataset.offline = "ready";
}
