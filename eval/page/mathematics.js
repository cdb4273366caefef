// Text with LaTeX in it: formulas are set by KaTeX, and shown as they were written where it cannot read them.
// Fenced blocks of code stay as they are.

const FORMULA = new RegExp(
  [
    String.raw`\$\$([\s\S]+?)\$\$`,
    String.raw`\\\[([\s\S]+?)\\\]`,
    String.raw`(\\begin\{(align|aligned|equation|gather|multline)(\*?)\}[\s\S]+?\\end\{\4\5\})`,
    String.raw`\\\(([\s\S]+?)\\\)`,
    // As Pandoc reads it: no blank inside the dollars, and no digit after them, so that prices stay prices.
    String.raw`(?<!\\)\$(?![\s$])((?:\\[\s\S]|[^$\\\n]|\n(?!\s*\n))+?)(?<!\s)\$(?!\d)`,
    String.raw`\*\*([^*\n]+)\*\*`,
    String.raw`(\\\$)`,
    String.raw`^\`\`\`\w*\n([\s\S]*?)\n\`\`\`$`,
  ].join("|"),
  "gm",
);
const SHORT = 24;
const LIMITS = { throwOnError: true, trust: false, strict: "ignore", maxExpand: 500, maxSize: 30 };

/** A formula as an element. */
function formula(source, displayMode) {
  const place = make(displayMode ? "div" : "span", { class: displayMode ? "formula display" : "formula" });
  try {
    katex.render(source, place, { ...LIMITS, displayMode });
  } catch (error) {
    if (!(error instanceof katex.ParseError) && !(error instanceof RangeError)) throw error;
    place.replaceChildren(make("code", { class: "source", title: "KaTeX cannot set this formula" }, source));
  }
  return place;
}

/** Paragraphs of text with its formulas set. */
function mathematics(text) {
  const whole = document.createDocumentFragment();
  let paragraph = make("p");
  const close = () => {
    if (paragraph.childNodes.length) whole.append(paragraph);
    paragraph = make("p");
  };
  const words = (run, wrap) => {
    run.split(/\n\s*\n/).forEach((part, at) => {
      if (at) close();
      part.split("\n").forEach((line, row) => {
        if (row && paragraph.childNodes.length) paragraph.append(make("br"));
        if (line) paragraph.append(wrap ? make("strong", {}, line) : line);
      });
    });
  };
  let end = 0;
  for (const found of text.matchAll(FORMULA)) {
    words(text.slice(end, found.index));
    end = found.index + found[0].length;
    const [, dollars, brackets, environment, , , round, inline, bold, escaped, code] = found;
    const display = dollars ?? brackets ?? environment;
    if (code !== undefined) {
      close();
      whole.append(make("pre", {}, code));
    } else if (display !== undefined) {
      close();
      whole.append(formula(display, true));
    } else if (bold !== undefined) paragraph.append(make("strong", {}, ...mathematicsInline(bold)));
    else if (escaped !== undefined) paragraph.append("$");
    else {
      const source = round ?? inline;
      const set = formula(source, false);
      // A mark stays on the line of the formula before it, unless that is so long that it may have to be broken itself.
      const [mark] = source.length > SHORT ? [""] : text.slice(end).match(/^[.,;:!?)\]]*/);
      end += mark.length;
      paragraph.append(mark ? make("span", { class: "together" }, set, mark) : set);
    }
  }
  words(text.slice(end));
  close();
  return whole;
}

/** The children of the one paragraph that a short text makes. */
function mathematicsInline(text) {
  return [...mathematics(text).childNodes].flatMap((node) => (node.tagName === "P" ? [...node.childNodes] : [node]));
}

/** A final answer: mathematics without its marks, or words. */
function finalAnswer(text) {
  if (!text) return make("span", { class: "none" }, "none");
  if (/\$|\\\(/.test(text)) return make("span", {}, ...mathematicsInline(text));
  if (/^[A-Za-z][A-Za-z' ,.-]*$/.test(text) && text.length > 1) return make("span", {}, text);
  return formula(text, false);
}
