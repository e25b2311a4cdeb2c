// The look of the editor in terms of the page's own colours, which follow light and dark.
import { EditorView } from "/assets/vendor/codemirror/index.js";

const roles = {
  keyword: "light-dark(#8a1c7c, #d99bf0)", operation: "light-dark(#5b3b00, #d9b27c)", table: "light-dark(#a2480b, #ffab70)",
  column: "light-dark(#134f9c, #9ecbff)", variable: "light-dark(#00646b, #6fd3d8)", parameter: "light-dark(#00646b, #6fd3d8)",
  function: "light-dark(#4338a8, #b3a7ff)", plugin: "light-dark(#4338a8, #b3a7ff)", option: "light-dark(#5f5a00, #dcd572)",
  property: "light-dark(#3c4a5c, #b8c4d2)", type: "light-dark(#12683a, #7ddba3)", string: "light-dark(#9b1c1c, #ff9d96)",
  number: "light-dark(#12683a, #7ddba3)", timespan: "light-dark(#12683a, #7ddba3)", constant: "light-dark(#12683a, #7ddba3)",
  comment: "var(--muted)", invalid: "var(--high)",
};

const icons = {
  table: "▦", savedFunction: "▣", column: "▪", variable: "x", function: "ƒ", aggregate: "Σ", plugin: "⧉", operation: "|",
  keyword: "k", comparison: "≈", type: "t", option: "=", value: "“",
};

/** @type {Record<string, any>} */
const rules = {
  "&": { fontSize: "13px", maxHeight: "46vh", color: "var(--ink)", background: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", fontVariantLigatures: "none", minHeight: "150px", overflow: "auto", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-gutters": { background: "transparent", border: "none", color: "var(--muted)" },
  ".cm-activeLine, .cm-activeLineGutter": { background: "color-mix(in srgb, var(--accent) 6%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--accent) 24%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": { background: "color-mix(in srgb, var(--accent) 20%, transparent)" },
  ".cm-foldPlaceholder": { background: "var(--raised)", border: "none", color: "var(--muted)" },
  ".cm-tooltip": { background: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "6px",
    boxShadow: "0 8px 28px rgb(0 0 0 / 0.22)", fontVariantLigatures: "none" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "12.5px", maxHeight: "17em", minWidth: "280px", borderRadius: "6px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 8px", display: "flex", alignItems: "baseline", lineHeight: "1.4" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--accent-ground)", color: "var(--ink)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700", color: "var(--accent)" },
  ".cm-completionDetail": { marginLeft: "auto", paddingLeft: "18px", fontStyle: "normal", color: "var(--muted)", fontSize: "11.5px" },
  ".cm-completionIcon": { width: "1.2em", paddingRight: "6px", opacity: "1", textAlign: "center", fontSize: "100%" },
  ".cm-tooltip.cm-completionInfo": { padding: "0", maxWidth: "420px" },
  ".k-about, .k-hover": { padding: "8px 11px", fontFamily: "Inter, system-ui, sans-serif", fontSize: "12.5px", maxWidth: "560px",
    maxHeight: "320px", overflow: "auto" },
  ".k-title": { fontFamily: "var(--mono)", fontSize: "12px", fontVariantLigatures: "none", overflowWrap: "anywhere" },
  ".k-title b": { color: "var(--accent)", textDecoration: "underline" },
  ".k-text": { color: "var(--muted)", marginTop: "4px", whiteSpace: "pre-line" },
  ".k-problem": { textDecorationLine: "underline", textDecorationStyle: "wavy", textDecorationSkipInk: "none",
    textUnderlineOffset: "3px", textDecorationThickness: "1px", textDecorationColor: "var(--high)" },
  ".k-problem.k-warning, .k-problem.k-information": { textDecorationColor: "var(--medium)" },
  ".k-gutter": { width: "14px" },
  ".k-mark": { fontSize: "9px", color: "var(--medium)", cursor: "default" },
  ".k-mark.k-error": { color: "var(--high)" },
  ".cm-panels": { background: "var(--raised)", color: "var(--ink)", borderTop: "1px solid var(--line)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".k-problems": { padding: "5px 10px", display: "grid", gap: "3px", fontFamily: "Inter, system-ui, sans-serif", fontSize: "12.5px" },
  ".k-said": { display: "flex", gap: "8px", alignItems: "baseline", flexWrap: "wrap" },
  ".k-said.k-error .k-message": { color: "var(--high)" },
  ".k-said.k-warning .k-message": { color: "var(--medium)" },
  ".k-hint": { color: "var(--muted)" },
  ".k-place": { all: "unset", cursor: "pointer", fontFamily: "var(--mono)", fontSize: "11.5px", color: "var(--muted)", minWidth: "4ch" },
  ".k-fix": { all: "unset", cursor: "pointer", padding: "0 7px", borderRadius: "4px", background: "var(--accent-ground)",
    color: "var(--accent)", fontWeight: "560", fontSize: "12px" },
  ".k-fix:hover, .k-place:hover": { textDecoration: "underline" },
  ".k-fix:focus-visible, .k-place:focus-visible": { outline: "2px solid var(--accent)" },
};

for (const [role, color] of Object.entries(roles)) rules[`.k-${role}`] = { color };
for (const [kind, icon] of Object.entries(icons)) {
  rules[`.cm-completionIcon-${kind}::after`] = { content: `'${icon}'` };
  rules[`.cm-completionIcon-${kind}`] = { color: roles[/** @type {keyof typeof roles} */ (kind)] ?? "var(--muted)" };
}
rules[".k-comment"].fontStyle = "italic";

export const theme = EditorView.theme(rules);
