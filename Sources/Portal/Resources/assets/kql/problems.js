// What is wrong: underlined, marked beside the line, listed below the text, with repairs that apply on a click.
import {
  Decoration, EditorView, GutterMarker, RangeSet, StateEffect, StateField, gutter, showPanel,
} from "/assets/vendor/codemirror/index.js";
import { element } from "./service.js";

/** @typedef {import("./service.js").Problem} Problem */

/** What the server said of the whole text. */
export const setProblems = StateEffect.define();

/** The problems with their places, which move with the text. */
export const problems = StateField.define({
  create: () => /** @type {Problem[]} */ ([]),
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setProblems)) return effect.value;
    if (!transaction.docChanged) return value;
    return value.map((problem) => ({
      ...problem,
      start: transaction.changes.mapPos(problem.start, 1),
      end: transaction.changes.mapPos(problem.end, -1),
      fixes: undefined,
    })).filter((problem) => problem.start <= problem.end);
  },
  provide: (field) => [
    EditorView.decorations.from(field, (list) => (view) => underlines(list, view.state.doc.length)),
    showPanel.from(field, (list) => (list.length > 0 ? (view) => panel(view) : null)),
  ],
});

/** @param {Problem[]} list @param {number} length */
function underlines(list, length) {
  const ranges = list.flatMap((problem) => {
    const end = Math.min(length, Math.max(problem.end, problem.start + 1));
    const start = Math.min(problem.start, Math.max(0, end - 1));
    return start < end ? [Decoration.mark({ class: `k-problem k-${problem.severity}` }).range(start, end)] : [];
  });
  return Decoration.set(ranges, true);
}

class Mark extends GutterMarker {
  /** @param {string} severity @param {string} message */
  constructor(severity, message) {
    super();
    this.severity = severity;
    this.message = message;
  }
  /** @param {Mark} other */
  eq(other) { return this.severity === other.severity && this.message === other.message; }
  toDOM() {
    const node = element("span", `k-mark k-${this.severity}`, this.severity === "error" ? "●" : "▲");
    node.title = this.message;
    return node;
  }
}

export const problemGutter = gutter({
  class: "k-gutter",
  markers(view) {
    const lines = new Map();
    for (const problem of view.state.field(problems)) {
      const line = view.state.doc.lineAt(Math.min(problem.start, view.state.doc.length)).from;
      if (!lines.has(line)) lines.set(line, new Mark(problem.severity, problem.message));
    }
    return RangeSet.of([...lines].map(([line, mark]) => mark.range(line)), true);
  },
});

/** Puts the repaired text in. @param {EditorView} view @param {import("./service.js").Fix} fix */
export function apply(view, fix) {
  view.dispatch({
    changes: { from: fix.start, to: fix.end, insert: fix.text },
    selection: { anchor: fix.start + fix.text.length },
    userEvent: "input.fix",
  });
  view.focus();
}

/** Message, hint and repairs. @param {Problem} problem @param {EditorView} view */
export function description(problem, view) {
  const node = element("div", `k-said k-${problem.severity}`);
  node.append(element("span", "k-message", problem.message));
  for (const fix of problem.fixes ?? []) {
    const button = /** @type {HTMLButtonElement} */ (element("button", "k-fix", `Replace with ${fix.text}`));
    button.type = "button";
    button.addEventListener("click", () => apply(view, fix));
    node.append(button);
  }
  if (problem.hint && !problem.fixes?.length) node.append(element("span", "k-hint", problem.hint));
  return node;
}

/** The list below the text. @param {EditorView} view */
function panel(view) {
  const dom = element("div", "k-problems");
  dom.setAttribute("role", "status");
  dom.append(...rows(view, view.state.field(problems)));
  return { dom };
}

/** @param {EditorView} view @param {Problem[]} list */
function rows(view, list) {
  const shown = list.slice(0, 3).map((problem) => {
    const line = view.state.doc.lineAt(Math.min(problem.start, view.state.doc.length));
    const row = description(problem, view);
    const place = /** @type {HTMLButtonElement} */ (
      element("button", "k-place", `${line.number}:${problem.start - line.from + 1}`));
    place.type = "button";
    place.addEventListener("click", () => {
      view.dispatch({ selection: { anchor: problem.start }, scrollIntoView: true });
      view.focus();
    });
    row.prepend(place);
    return row;
  });
  if (list.length > 3) shown.push(element("div", "k-hint", `and ${list.length - 3} more`));
  return shown;
}
