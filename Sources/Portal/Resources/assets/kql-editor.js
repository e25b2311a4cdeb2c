// <kql-editor>: turns its textarea into a CodeMirror 6 editor. Ctrl/Cmd-Enter submits the form.
import { EditorView, StreamLanguage, basicSetup, keymap, Prec } from "/assets/vendor/codemirror/index.js";

const operators = new Set((
  "where filter extend project summarize join union distinct sort order top take limit count render parse lookup let set " +
  "mv-expand mv-apply make-series project-away project-keep project-rename project-reorder search find evaluate invoke as " +
  "serialize datatable print range externaldata materialize by on kind asc desc nulls first last with step from to of").split(" "));
const words = new Set((
  "and or not has contains startswith endswith in between matches regex has_any has_all has_cs contains_cs true false null " +
  "hasprefix hassuffix ago now").split(" "));

/** Colours only; the server's own parser judges. */
const kql = StreamLanguage.define({
  name: "kql",
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match("//")) { stream.skipToEnd(); return "comment"; }
    if (stream.match(/^[hH]?@?"(?:[^"\\]|\\.|"")*"?/) || stream.match(/^[hH]?@?'(?:[^'\\]|\\.|'')*'?/)) return "string";
    if (stream.match(/^\d+(\.\d+)?(d|h|m|s|ms|tick)?\b/)) return "number";
    const word = stream.match(/^[A-Za-z_][\w]*(-[a-z]+)?/);
    if (word) {
      const text = word[0];
      if (operators.has(text)) return "keyword";
      if (words.has(text)) return "operatorKeyword";
      return stream.peek() === "(" ? "variableName.function" : "variableName";
    }
    stream.next();
    return "operator";
  },
});

class KQLEditor extends HTMLElement {
  connectedCallback() {
    const area = this.querySelector("textarea");
    if (!area || this.view) return;
    const submit = () => { area.value = this.view.state.doc.toString(); area.form?.requestSubmit(); return true; };
    const root = this.attachShadow({ mode: "open" });
    const host = document.createElement("div");
    root.append(host);
    this.view = new EditorView({
      doc: area.value,
      root,
      parent: host,
      extensions: [
        Prec.highest(keymap.of([{ key: "Mod-Enter", run: submit }])),
        basicSetup, kql,
        EditorView.theme({
          "&": { fontSize: "13px", maxHeight: "38vh" },
          "&.cm-focused": { outline: "none" },
          ".cm-scroller": { fontFamily: "'JetBrains Mono', monospace", fontVariantLigatures: "none", minHeight: "150px", overflow: "auto" },
          ".cm-gutters": { background: "transparent", border: "none", color: "var(--muted)" },
          ".cm-activeLine, .cm-activeLineGutter": { background: "color-mix(in srgb, var(--accent) 7%, transparent)" },
          ".cm-cursor": { borderLeftColor: "var(--ink)" },
        }),
        EditorView.updateListener.of((update) => { if (update.docChanged) area.value = update.state.doc.toString(); }),
      ],
    });
  }

  disconnectedCallback() {
    this.view?.destroy();
    this.view = undefined;
  }
}

customElements.define("kql-editor", KQLEditor);
