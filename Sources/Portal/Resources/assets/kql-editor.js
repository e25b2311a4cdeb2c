// <kql-editor>: turns its textarea into a CodeMirror 6 editor with the server's language service behind it.
// Ctrl/Cmd-Enter and Shift-Enter run the query, Shift-Alt-F formats it. Without this file the textarea works by itself.
import { EditorView, Prec, basicSetup, keymap, tooltips } from "/assets/vendor/codemirror/index.js";
import { colours, setTokens } from "./kql/colours.js";
import { completion, hover, setSignature, signature } from "./kql/completion.js";
import { problemGutter, problems, setProblems } from "./kql/problems.js";
import { ask, settled } from "./kql/service.js";
import { theme } from "./kql/theme.js";

/** Whether a bracket is open before the caret, so that a call may be going on. @param {string} text */
function isInBrackets(text) {
  let depth = 0;
  for (let place = text.length - 1; place >= 0 && place > text.length - 4000; place--) {
    if (text[place] === ")") depth++;
    if (text[place] === "(" && --depth < 0) return true;
  }
  return false;
}

class KQLEditor extends HTMLElement {
  connectedCallback() {
    const area = this.querySelector("textarea");
    if (!area || this.view) return;
    this.area = area;
    this.analyze = settled(150, (signal) => this.showAnalysis(signal));
    this.settle = settled(1500, () => this.showProblems(true));
    this.help = settled(80, (signal) => this.showSignature(signal));
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const host = document.createElement("div");
    root.replaceChildren(host);
    this.view = new EditorView({ doc: area.value, root, parent: host, extensions: this.extensions() });
    this.formatButton = area.form?.querySelector("[data-kql-format]");
    this.onFormat = (/** @type {Event} */ event) => { event.preventDefault(); this.format(); };
    this.formatButton?.addEventListener("click", this.onFormat);
    this.analyze();
  }

  disconnectedCallback() {
    this.analyze?.cancel();
    this.settle?.cancel();
    this.help?.cancel();
    this.formatButton?.removeEventListener("click", this.onFormat);
    this.view?.destroy();
    this.view = undefined;
  }

  focus() { this.view?.focus(); }

  extensions() {
    const run = () => { this.area.form?.requestSubmit(); return true; };
    const format = () => { this.format(); return true; };
    return [
      Prec.highest(keymap.of([
        { key: "Mod-Enter", run }, { key: "Shift-Enter", run }, { key: "Shift-Alt-f", run: format, preventDefault: true },
        { key: "Escape", run: () => this.closeHelp() },
      ])),
      problemGutter, basicSetup, theme, colours, problems, completion, hover, signature,
      tooltips({ position: "fixed" }),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": this.area.getAttribute("aria-label") ?? "Query" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) {
          this.area.value = update.state.doc.toString();
          this.found = undefined;
          this.analyze();
        }
        if (update.docChanged || update.selectionSet) this.help();
      }),
    ];
  }

  /** @param {AbortSignal} signal */
  async showAnalysis(signal) {
    const query = this.area.value;
    const answer = query.trim() === "" ? { tokens: [], diagnostics: [] } : await ask("analyze", { query }, signal);
    if (!answer || signal.aborted || !this.view || this.area.value !== query) return;
    this.found = answer.diagnostics;
    this.view.dispatch({ effects: setTokens.of(answer.tokens) });
    this.showProblems(!this.view.hasFocus);
    this.settle();
  }

  /**
   * Shows what was found; the word that is being written is spared until typing has ceased.
   * @param {boolean} isSettled
   */
  showProblems(isSettled) {
    if (!this.view || !this.found) return;
    const head = this.view.state.selection.main.head;
    const isBusy = (/** @type {import("./kql/service.js").Problem} */ each) => each.start <= head + 1 && head <= each.end + 1;
    const shown = isSettled ? this.found : this.found.filter((each) => !isBusy(each));
    this.view.dispatch({ effects: setProblems.of(shown) });
  }

  /** @param {AbortSignal} signal */
  async showSignature(signal) {
    const position = this.view.state.selection.main.head;
    let help = null;
    if (this.view.hasFocus && isInBrackets(this.area.value.slice(0, position))) {
      help = (await ask("signature", { query: this.area.value, position }, signal))?.signature ?? null;
      if (signal.aborted || !this.view) return;
    }
    const shown = this.view.state.field(signature);
    if (help || shown) this.view.dispatch({ effects: setSignature.of(help && { ...help, place: position }) });
  }

  closeHelp() {
    if (!this.view?.state.field(signature)) return false;
    this.view.dispatch({ effects: setSignature.of(null) });
    return false;
  }

  async format() {
    const query = this.area.value;
    const answer = await ask("format", { query });
    if (!answer || !this.view || this.area.value !== query) return;
    if (answer.diagnostics) {
      this.found = answer.diagnostics;
      this.showProblems(true);
    }
    const text = answer.formatted.trimEnd();
    if (answer.changed && text !== query) {
      const head = Math.min(this.view.state.selection.main.head, text.length);
      this.view.dispatch({ changes: { from: 0, to: query.length, insert: text }, selection: { anchor: head } });
    }
    this.view.focus();
  }
}

customElements.define("kql-editor", KQLEditor);
