/* Keeps the ranger's pages on the phone, where the browser can. */

const PAGES = "libong-ranger-pages"; // as in shell.js

export async function keepPages() {
  if (!("serviceWorker" in navigator)) return;
  const scope = { scope: "/ranger" };
  try {
    const module = { ...scope, type: "module", updateViaCache: "none" };
    await navigator.serviceWorker.register("/ranger/service_worker_module.js", module);
  } catch {
    // Chrome before 91 knows no modules there: pages are kept, and a page must be open to send
    await navigator.serviceWorker.register("/ranger/service_worker.js", scope);
  }
  await navigator.serviceWorker.ready;
  const cache = await caches.open(PAGES);
  for (const path of ["/ranger", "/ranger/report"]) {
    const answer = await fetch(path);
    // led elsewhere, the login is over: that page is none to keep
    if (answer.ok && !answer.redirected) await cache.put(path, answer);
  }
  document.documentElement.dataset.offline = "ready";
}

/** Ask the browser to send when there is a network, also with this page closed; few others can. */
export async function sendWhenClosed() {
  const registration = await navigator.serviceWorker?.getRegistration("/ranger");
  await registration?.sync?.register("send");
}
