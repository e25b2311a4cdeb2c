// Colours: the server tells what each token stands for; lines that change are coloured by spelling until it has.
import { Decoration, EditorView, RangeSetBuilder, StateEffect, StateField } from "/assets/vendor/codemirror/index.js";

/** @typedef {import("./service.js").Token} Token */

const pieces = new RegExp(
  [
    "(?<comment>//.*)", "(?<string>[hH]?@?(?:\"(?:[^\"\\\\\\n]|\\\\.)*\"?|'(?:[^'\\\\\\n]|\\\\.)*'?))",
    "(?<number>\\b\\d[\\d.]*(?:d|h|m|s|ms|tick)?\\b)", "(?<word>[A-Za-z_$][\\w]*(?:-[a-z]+)*)", "(?<operation>[|=!<>~+*/%-]+)",
  ].join("|"), "g");

const keywords = new Set((
  "where filter extend summarize join union distinct sort order top take limit count render parse parse-where parse-kv " +
  "lookup let set mv-expand mv-apply make-series project project-away project-keep project-rename project-reorder search " +
  "find evaluate invoke as serialize datatable print range externaldata by on asc desc nulls first last with step from to " +
  "of declare partition fork facet scan sample reduce getschema").split(" "));
const operations = new Set((
  "and or has contains startswith endswith in between matches regex has_any has_all has_cs contains_cs hasprefix " +
  "hassuffix").split(" "));

/** Tokens by spelling alone. @param {string} text @param {number} offset @returns {Token[]} */
export function spelledTokens(text, offset) {
  return [...text.matchAll(pieces)].map((found) => {
    const kind = Object.entries(found.groups ?? {}).find(([, value]) => value !== undefined)?.[0] ?? "word";
    const start = offset + found.index;
    return [start, start + found[0].length, kind === "word" ? wordRole(found[0], text, found.index) : kind];
  });
}

/** @param {string} word @param {string} text @param {number} place */
function wordRole(word, text, place) {
  if (keywords.has(word)) return "keyword";
  if (operations.has(word)) return "operation";
  return text[place + word.length] === "(" ? "function" : "column";
}

const marks = new Map();

/** @param {string} role */
function mark(role) {
  if (!marks.has(role)) marks.set(role, Decoration.mark({ class: `k-${role}` }));
  return marks.get(role);
}

/** @param {Token[]} tokens @param {number} length */
function decorations(tokens, length) {
  const builder = new RangeSetBuilder();
  let last = 0;
  for (const [start, end, role] of tokens) {
    if (start < last || end > length || start >= end || role === "punctuation") continue;
    builder.add(start, end, mark(role));
    last = end;
  }
  return builder.finish();
}

/** What the server said of the whole text. */
export const setTokens = StateEffect.define();

export const colours = StateField.define({
  create: (state) => decorations(spelledTokens(state.doc.toString(), 0), state.doc.length),
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setTokens)) return decorations(effect.value, transaction.newDoc.length);
    }
    if (!transaction.docChanged) return value;
    let colours = value.map(transaction.changes);
    transaction.changes.iterChangedRanges((_from, _to, from, to) => {
      const start = transaction.newDoc.lineAt(from).from;
      const end = transaction.newDoc.lineAt(to).to;
      const fresh = spelledTokens(transaction.newDoc.sliceString(start, end), start);
      colours = colours.update({
        filterFrom: start, filterTo: end, filter: () => false,
        add: fresh.filter(([, , role]) => role !== "punctuation").map(([from, to, role]) => mark(role).range(from, to)),
        sort: true,
      });
    });
    return colours;
  },
  provide: (field) => EditorView.decorations.from(field),
});
