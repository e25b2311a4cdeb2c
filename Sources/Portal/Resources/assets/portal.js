// Keyboard, live updates and small conveniences. Every page works without this file.

/** @returns {HTMLTableRowElement[]} */
const rows = () => [...document.querySelectorAll("table[data-cursor] tbody tr")];

/** Moves the cursor row by `step`. @param {number} step */
function move(step) {
  const all = rows();
  if (all.length === 0) return;
  const current = all.findIndex((row) => row.classList.contains("cursor"));
  const next = Math.min(all.length - 1, Math.max(0, current + step));
  all[current]?.classList.remove("cursor");
  all[next].classList.add("cursor");
  all[next].scrollIntoView({ block: "nearest" });
}

const places = { o: "/", i: "/incidents", l: "/logs", r: "/rules", p: "/playbooks", n: "/plans", s: "/sources" };
let waitingForPlace = false;

/** @param {KeyboardEvent} event */
function onKey(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const isTyping = target.closest("input, textarea, select, [contenteditable], kql-editor") !== null;
  if (isTyping || event.metaKey || event.ctrlKey || event.altKey) return;
  if (waitingForPlace) {
    waitingForPlace = false;
    const place = places[/** @type {keyof typeof places} */ (event.key)];
    if (place) location.assign(place);
    return;
  }
  switch (event.key) {
    case "g": waitingForPlace = true; break;
    case "j": move(1); break;
    case "k": move(-1); break;
    case "Enter": document.querySelector("tr.cursor a")?.dispatchEvent(new MouseEvent("click", { bubbles: true })); break;
    case "/": event.preventDefault(); /** @type {HTMLElement|null} */ (document.querySelector("[data-search]"))?.focus(); break;
    case "e": /** @type {HTMLDialogElement|null} */ (document.querySelector("dialog#close"))?.showModal(); break;
    case "?": /** @type {HTMLDialogElement|null} */ (document.querySelector("dialog#keys"))?.showModal(); break;
  }
}

/** Replaces each `[data-live]` part with the same part of a fresh copy of this page. */
async function refresh() {
  const parts = [...document.querySelectorAll("[data-live]")];
  if (parts.length === 0) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts) {
    if (part.contains(document.activeElement) && document.activeElement !== document.body) continue;
    const replacement = fresh.querySelector(`[data-live="${part.getAttribute("data-live")}"]`);
    if (replacement && replacement.innerHTML !== part.innerHTML) part.innerHTML = replacement.innerHTML;
  }
}

function follow() {
  const light = document.querySelector(".live");
  const stream = new EventSource("/live");
  let isDue = false;
  stream.addEventListener("open", () => light?.classList.add("on"));
  stream.addEventListener("error", () => light?.classList.remove("on"));
  stream.addEventListener("journal", () => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => { isDue = false; refresh(); }, 250);
  });
}

document.addEventListener("keydown", onKey);
document.addEventListener("click", (event) => {
  const opener = /** @type {HTMLElement} */ (event.target).closest("[data-opens]");
  if (!opener) return;
  /** @type {HTMLDialogElement|null} */ (document.getElementById(opener.getAttribute("data-opens") ?? ""))?.showModal();
});
if (document.querySelector("[data-live]")) follow();
