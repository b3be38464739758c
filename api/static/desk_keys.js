/* One key for each thing. Keys are told by their place (`code`), so that they are the same with a
 * Thai keyboard, whose letters are others; and they rest while somebody types. */

const WRITES = "input:not([type=checkbox]), textarea, select";
const SWITCH = "libong.keys";

export function keysAreOn() {
  try {
    return window.localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true;
  }
}

export function switchKeys(on) {
  try {
    window.localStorage.setItem(SWITCH, on ? "on" : "off");
  } catch {
    return; // kept for this page alone
  }
}

/* Call the action of a key; `actions` are by code, with "?" for the help. */
export function listen(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const writing = event.target.matches?.(WRITES);
    if (event.code === "Escape" && writing) {
      event.target.blur();
      return;
    }
    if (writing || document.querySelector("dialog[open]") || !keysAreOn()) return;
    const code = event.code === "Slash" && event.shiftKey ? "?" : event.code;
    const action = actions[code];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
