/* What the page says, in its reader's language. */

export const words = JSON.parse(document.querySelector("#words").textContent);

export function say(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export function bytesText(bytes) {
  const units = ["kB", "MB", "GB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 10 || unit === 0 ? Math.ceil(value) : value.toFixed(1)} ${units[unit]}`;
}

const PLACES = [[10, 0], [1, 1], [0.1, 2]]; // at least so many km², to so many decimals

/** Say an area; what a few photos see is told in square metres, to two figures. */
export function areaText(km2) {
  const known = PLACES.find(([least]) => km2 >= least);
  const m2 = Number((km2 * 1e6).toPrecision(2)).toLocaleString("en");
  const told =
    known || !km2 ? say("km2", { area: km2.toFixed(known?.[1] ?? 0) }) : say("m2", { area: m2 });
  return told.replace(" ", "\u00a0"); // no line ends before the unit
}

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
