// Completion, hover and signatures: the server answers, this shows.
import {
  EditorState, EditorView, StateEffect, StateField, hoverTooltip, showTooltip,
} from "/assets/vendor/codemirror/index.js";
import { description, problems } from "./problems.js";
import { ask, element } from "./service.js";

/** Where a list is welcome although no word has been begun. */
const inviting =
  /(\||[(,.]|==|=~|!=|!~|[^=!<>]=|\b(where|extend|project|summarize|by|on|join|lookup|union|render|evaluate|and|or|has|contains|distinct|project-\w+|mv-expand|\.\.))\s*["']?$/;

/** @param {any} context */
async function source(context) {
  const before = context.state.sliceDoc(Math.max(0, context.pos - 200), context.pos);
  const isInWord = /[\w$]$/.test(before) && !/(^|[^\w])\d[\w.]*$/.test(before);
  if (!context.explicit && !isInWord && !inviting.test(before)) return null;
  const controller = new AbortController();
  context.addEventListener("abort", () => controller.abort());
  const body = { query: context.state.doc.toString(), position: context.pos };
  const list = await ask("completions", body, controller.signal);
  if (!list || context.aborted || list.items.length === 0) return null;
  const written = context.state.sliceDoc(list.start, context.pos);
  if (!context.explicit && list.items.length === 1 && list.items[0].label === written) return null;
  return {
    from: list.start,
    to: Math.max(list.end, context.pos),
    filter: false,
    options: list.items.map(option),
    getMatch: (completion) => matched(completion.label, written),
  };
}

/** @param {import("./service.js").Item} item */
function option(item) {
  return {
    label: item.label,
    type: item.kind,
    detail: item.detail && item.detail.length > 56 ? item.detail.slice(0, 54) + "…" : item.detail,
    info: item.documentation || (item.detail?.length ?? 0) > 56 ? () => about(item) : undefined,
    /** @param {EditorView} view @param {unknown} _ @param {number} from @param {number} to */
    apply(view, _, from, to) {
      const insert = item.insert ?? item.label;
      view.dispatch({
        changes: { from, to, insert },
        selection: { anchor: from + (item.caret ?? insert.length) },
        userEvent: "input.type",
        scrollIntoView: true,
      });
    },
  };
}

/** @param {import("./service.js").Item} item */
function about(item) {
  const node = element("div", "k-about");
  if (item.detail) node.append(element("code", "k-title", item.detail));
  if (item.documentation) node.append(element("div", "k-text", item.documentation));
  return node;
}

/** @param {string} label @param {string} written */
function matched(label, written) {
  const place = label.toLowerCase().indexOf(written.toLowerCase());
  return written && place >= 0 ? [place, place + written.length] : [];
}

export const completion = EditorState.languageData.of(() => [{ autocomplete: source, commentTokens: { line: "//" } }]);

// MARK: Hover

export const hover = hoverTooltip(async (view, position) => {
  const found = view.state.field(problems).filter((each) => each.start <= position && position <= each.end);
  const answer = await ask("hover", { query: view.state.doc.toString(), position });
  const about = answer?.hover;
  if (found.length === 0 && !about) return null;
  return {
    pos: found[0]?.start ?? about.start,
    end: found[0]?.end ?? about.end,
    above: true,
    create() {
      const dom = element("div", "k-hover");
      dom.append(...found.map((problem) => description(problem, view)));
      if (about) {
        dom.append(element("code", "k-title", about.title));
        if (about.text) dom.append(element("div", "k-text", about.text));
      }
      return { dom };
    },
  };
}, { hoverTime: 250 });

// MARK: Signatures

/** The help for the call around the caret, or null. */
export const setSignature = StateEffect.define();

export const signature = StateField.define({
  create: () => null,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setSignature)) return effect.value;
    return value && transaction.docChanged ? { ...value, place: transaction.changes.mapPos(value.place) } : value;
  },
  provide: (field) => showTooltip.from(field, (help) => help && {
    pos: help.place, above: true, create: () => ({ dom: signatureBox(help) }),
  }),
});

/** @param {any} help */
function signatureBox(help) {
  const dom = element("div", "k-hover k-signature");
  const form = help.signatures[help.activeSignature];
  const title = element("code", "k-title");
  const active = help.activeParameter === null ? undefined : form.parameters[help.activeParameter];
  const place = active ? form.label.indexOf(active, form.label.indexOf("(")) : -1;
  if (place < 0) {
    title.append(form.label);
  } else {
    title.append(form.label.slice(0, place), element("b", "", active), form.label.slice(place + active.length));
  }
  dom.append(title, element("div", "k-text", help.summary));
  return dom;
}
