/* What a ranger's flights came to, and by which name others may know it. */

import { askJson } from "./server.js";
import { areaText, element, say } from "./words.js";

const FIGURES = ["seen_km2", "dugongs", "flights", "photos"];
const LABELS = { seen_km2: "surveyed", dugongs: "dugongs", flights: "flights", photos: "photos" };

function figure(name, value) {
  const item = element("li");
  const shown = name === "seen_km2" ? areaText(value) : String(value);
  item.append(element("strong", "", shown), element("span", "", say(LABELS[name])));
  return item;
}

function show(totals) {
  const own = document.querySelector("#totals");
  own.replaceChildren(...FIGURES.map((name) => figure(name, totals[name])));
  const all = document.querySelector("#everybody");
  all.replaceChildren(
    ...totals.everybody.map((ranger) => {
      const item = element("li");
      const name = ranger.credit_name ?? say("anonymous");
      const sea = `${areaText(ranger.seen_km2)} ${say("surveyed")}`;
      const flights = `${say("flights")}: ${ranger.flights}`;
      item.append(element("strong", "", name), element("span", "quiet", `${sea} · ${flights}`));
      return item;
    }),
  );
  const form = document.querySelector("#credit");
  form.elements.shown.value = totals.credit_name === null ? "anonymous" : "named";
  form.elements.credit_name.value = totals.credit_name ?? "";
}

export async function loadTotals(person) {
  const form = document.querySelector("#credit");
  try {
    show(await askJson("GET", "/api/v1/ranger/totals", person));
  } catch {
    return; // shown when there is a network
  }
  document.querySelector("#thanks").hidden = false;
  form.onsubmit = async (event) => {
    event.preventDefault();
    const typed = form.elements.credit_name.value.trim();
    const credit_name = form.elements.shown.value === "named" ? typed || person.name : null;
    show(await askJson("PUT", "/api/v1/ranger/credit", person, { credit_name }));
    document.querySelector("#credit-saved").textContent = say("credit_saved");
  };
}
