// Asks the server's language service. Positions are UTF-16 offsets, which is how CodeMirror counts too.

/**
 * @typedef {{start: number, end: number}} Span
 * @typedef {Span & {text: string}} Fix
 * @typedef {Span & {severity: "error"|"warning"|"information", code: string, message: string, hint?: string, fixes?: Fix[]}} Problem
 * @typedef {{label: string, kind: string, insert?: string, caret?: number, detail?: string, documentation?: string}} Item
 * @typedef {[start: number, end: number, role: string]} Token
 */

/**
 * Asks one question about a query; null when the server does not answer, as after a session has ended.
 * @param {string} question @param {object} body @param {AbortSignal} [signal]
 */
export async function ask(question, body, signal) {
  try {
    const answer = await fetch(`/portal/kql/${question}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      credentials: "same-origin",
      signal,
    });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/**
 * A function that runs `work` once calls have ceased for `delay` ms, and cancels what is still running from before.
 * @param {number} delay @param {(signal: AbortSignal) => void} work
 */
export function settled(delay, work) {
  /** @type {number|undefined} */
  let timer;
  let controller = new AbortController();
  const run = () => {
    clearTimeout(timer);
    controller.abort();
    controller = new AbortController();
    timer = setTimeout(() => work(controller.signal), delay);
  };
  run.cancel = () => { clearTimeout(timer); controller.abort(); };
  return run;
}

/** An element with a class and text. @param {string} tag @param {string} name @param {string} [text] */
export function element(tag, name, text) {
  const node = document.createElement(tag);
  node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}
