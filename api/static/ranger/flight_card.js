/* One flight of the queue as a card. */

import { Step } from "./queue.js";
import { areaText, bytesText, element, say, words } from "./words.js";

const MOST_LISTED = 200;

export function bytesSent(flight, progress) {
  return flight.files.reduce((sum, file, number) => {
    if (file.sent || file.refusal) return sum + file.size;
    return sum + (progress?.number === number ? (progress.sent ?? 0) : 0);
  }, 0);
}

export const sizeOf = (flight) => flight.files.reduce((sum, file) => sum + file.size, 0);

function whyText(refusal) {
  return words.refusals[refusal.code] ?? words[refusal.code] ?? refusal.reason ?? refusal.code;
}

function stepOf(flight, progress) {
  if (flight.halt) return ["halted", "closed"];
  if (flight.step === Step.READY) return ["ready", "calm"];
  if (flight.step === Step.FAILED) return ["failed", "closed"];
  if (flight.step === Step.RECEIVED) return ["received", "confirmed"];
  return progress ? ["sending", "normal"] : ["waiting", "low"];
}

function fileState(flight, number, progress) {
  const file = flight.files[number];
  const percent = (done) => Math.floor((100 * done) / Math.max(1, file.size));
  if (file.refusal) return say("file_refused");
  if (file.sent) return say("file_sent");
  if (progress?.number === number && progress.sent !== undefined) {
    return say("file_sending", { percent: percent(progress.sent) });
  }
  if (progress?.number === number && progress.hashed !== undefined) {
    return say("file_checking", { percent: percent(progress.hashed) });
  }
  return say("file_waiting");
}

function fileList(flight, progress, open) {
  const details = element("details", "files");
  details.open = open;
  details.append(element("summary", "", say("show_files")));
  const list = element("ul", "files__list");
  for (const number of flight.files.slice(0, MOST_LISTED).keys()) {
    const item = element("li");
    item.append(
      element("span", "files__name", flight.files[number].path),
      element("span", "files__state", fileState(flight, number, progress)),
    );
    list.append(item);
  }
  details.append(list);
  return details;
}

function refusedList(refused) {
  const box = element("div", "notice notice--bad");
  box.append(element("h3", "", say("refused_title", { count: refused.length })));
  const list = element("ul", "refused");
  for (const file of refused.slice(0, MOST_LISTED)) {
    const item = element("li");
    item.append(
      element("strong", "files__name", file.path),
      element("span", "", `: ${whyText(file.refusal)}. `),
      element("span", "quiet", words.remedies[file.refusal.code] ?? file.refusal.remedy ?? ""),
    );
    list.append(item);
  }
  box.append(list);
  return box;
}

function foundBox(found) {
  const box = element("div", "notice notice--good found");
  box.append(element("h3", "", say("found_title")));
  const seen = Object.entries(found.counts).filter(([, count]) => count > 0);
  if (seen.length) {
    const list = element("ul", "figures");
    for (const [kind, count] of seen) {
      const item = element("li");
      item.append(element("strong", "", String(count)), ` ${words.classes[kind]}`);
      list.append(item);
    }
    box.append(list, element("p", "", say("found_to_officers")));
  } else {
    box.append(element("p", "", say("found_none")));
  }
  const area = areaText(found.seen_km2);
  box.append(
    element("p", "", say("found_photos", { count: found.photos, area })),
    element("p", "found__thanks", say("thanks")),
  );
  return box;
}

function refusedOf(flight) {
  const own = flight.files.filter((file) => file.refusal);
  const paths = new Set(own.map((file) => file.path.split("/").pop()));
  const later = (flight.found?.refused ?? [])
    .filter((file) => !paths.has(file.file_name))
    .map((file) => ({ path: file.file_name, refusal: file }));
  return [...own, ...later];
}

function noticesOf(flight) {
  if (flight.halt) {
    return [element("p", "notice notice--bad", whyText(flight.halt))];
  }
  if (flight.step === Step.ADDING) return [element("p", "notice notice--bad", say("cut_short"))];
  const lost = flight.files.filter((file) => !file.kept && !file.sent && !file.refusal).length;
  return lost ? [element("p", "notice notice--bad", say("not_kept", { count: lost }))] : [];
}

/** A flight is named by day and clock for all the world; here the day is as its reader writes it. */
function titleOf(name) {
  const locale = document.documentElement.lang === "en" ? "en-GB" : "th-TH"; // in the Buddhist era
  const asWritten = { day: "numeric", month: "short", year: "numeric" };
  return name.replace(/^\d{4}-\d\d-\d\d/, (day) => new Date(`${day}T00:00`).toLocaleDateString(locale, asWritten));
}

/** Return the card of a flight; `progress` is of the file that moves now, if it is this one's. */
export function flightCard(flight, progress, { open, onRemove, onTryAgain }) {
  const card = element("article", "card sending");
  card.dataset.flight = flight.id;
  const [step, look] = stepOf(flight, progress);
  const head = element("div", "sending__head");
  const chip = element("span", `chip chip--${look}`, say(`step_${step}`));
  head.append(element("h3", "", titleOf(flight.name)), chip);
  const size = bytesText(sizeOf(flight));
  card.append(head, element("p", "quiet", say("files_of", { count: flight.files.length, size })));
  card.append(...noticesOf(flight));
  if (flight.step === Step.WAITING) {
    const bar = element("progress");
    bar.max = Math.max(1, sizeOf(flight));
    bar.value = bytesSent(flight, progress);
    bar.setAttribute("aria-label", titleOf(flight.name));
    card.append(bar);
  }
  const at = flight.step === Step.RECEIVED && flight.found?.progress;
  if (at) {
    const bar = element("progress");
    bar.max = Math.max(1, at.total);
    bar.value = at.done;
    bar.setAttribute("aria-label", say("step_received"));
    card.append(bar, element("p", "quiet", say("processing", at)));
  }
  if (flight.step === Step.READY) card.append(foundBox(flight.found));
  const refused = refusedOf(flight);
  if (refused.length) card.append(refusedList(refused));
  card.append(fileList(flight, progress, open));
  const buttons = element("div", "buttons");
  if (flight.halt) {
    const again = element("button", "button button--main", say("try_again"));
    again.addEventListener("click", () => onTryAgain(flight));
    buttons.append(again);
  }
  if (flight.halt || flight.step !== Step.RECEIVED) {
    const remove = element("button", "button", say("remove"));
    let asked = [Step.READY, Step.FAILED, Step.ADDING].includes(flight.step);
    remove.addEventListener("click", () => {
      if (asked) onRemove(flight);
      else remove.textContent = say("remove_sure");
      asked = true;
    });
    buttons.append(remove);
  }
  card.append(buttons);
  return card;
}
