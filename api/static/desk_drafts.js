/* Notes not yet sent, kept on this device for this user, so that no reload loses a word. */

import { data } from "./desk_request.js";

const keyOf = (id) => `libong.draft.${data.user}.${id}`;

function stored(change) {
  try {
    return change(window.localStorage);
  } catch {
    return null; // a browser that keeps nothing: the note stays in its field
  }
}

export const draftOf = (id) => stored((kept) => kept.getItem(keyOf(id))) ?? "";
export const forget = (id) => stored((kept) => kept.removeItem(keyOf(id)));

/* Fill the note of a detail with its draft, and keep what is typed from now on. */
export function follow(detail) {
  const note = detail.querySelector("#note");
  const hint = detail.querySelector("[data-draft]");
  const { id } = detail.dataset;
  if (!note.value) note.value = draftOf(id);
  hint.hidden = !note.value;
  note.addEventListener("input", () => {
    if (note.value) stored((kept) => kept.setItem(keyOf(id), note.value));
    else forget(id);
    hint.hidden = !note.value;
  });
}
