// The questions: filtered in memory, ten to a page, formulas set for those in sight alone.

const PAGE = 10;
const OFFERED = 1000; // concepts that are suggested, the commonest; any other can be typed

class Questions {
  constructor(data) {
    this.data = data;
    this.form = document.getElementById("filters");
    this.list = document.getElementById("questions-list");
    this.count = document.getElementById("questions-count");
    this.page = 0;
    this.lower = data.question.map((text) => text.toLowerCase());
    this.about = data.topics.map((topics, row) => new Set([...topics, ...data.concepts[row]]));
    this.found = [...data.id.keys()];
    this.nodeNames = new Map();
    data.node.forEach((node, name) => {
      if (node >= 0) this.nodeNames.set(node, [...(this.nodeNames.get(node) ?? []), name]);
    });
    this.fill("level", data.levels, levelName);
    this.fill("subject", data.subjects);
    this.fill("school_level", data.school_levels);
    const names = document.getElementById("concept-names");
    const uses = new Map();
    for (const about of this.about) for (const name of about) uses.set(name, (uses.get(name) ?? 0) + 1);
    const offered = [...uses].sort((a, b) => b[1] - a[1]).slice(0, OFFERED).map(([name]) => data.names[name]);
    names.append(...offered.sort((a, b) => a.localeCompare(b)).map((name) => make("option", { value: name })));
    this.numberOf = new Map(data.names.map((name, place) => [name.toLowerCase(), place]));
    this.form.addEventListener("input", () => this.filter());
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("reset", () => setTimeout(() => this.filter()));
    document.getElementById("page-before").addEventListener("click", () => this.turn(this.page - 1));
    document.getElementById("page-after").addEventListener("click", () => this.turn(this.page + 1));
    document.getElementById("page-number").addEventListener("change", (event) => this.turn(Number(event.target.value) - 1));
    this.filter();
  }

  fill(name, values, shown = (value) => value) {
    this.form.elements[name].append(...values.map((value, place) => make("option", { value: place }, shown(value))));
  }

  /** Take what the form asks for, and show the first page of it. */
  filter() {
    const { data } = this;
    const asked = Object.fromEntries(new FormData(this.form));
    const words = asked.words.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const concept = asked.concept.trim().toLowerCase();
    const exact = this.numberOf.get(concept);
    const concepts = exact !== undefined ? new Set([exact]) : new Set(
      concept ? data.names.flatMap((name, place) => (name.toLowerCase().includes(concept) ? [place] : [])) : [],
    );
    const same = (name, row) => asked[name] === "" || data[name][row] === Number(asked[name]);
    this.found = [...data.id.keys()].filter(
      (row) =>
        same("level", row) && same("subject", row) && same("school_level", row) &&
        (!asked.agreement || (data.agreement[row] === 1) === (asked.agreement === "all")) &&
        (!concept || [...this.about[row]].some((name) => concepts.has(name))) &&
        words.every((word) => this.lower[row].includes(word) || data.id[row].includes(word)),
    );
    this.turn(0, false);
  }

  /** The questions about a node of the map, in the order of the list. */
  rowsOf(node) {
    const names = this.nodeNames.get(node) ?? [];
    return names.length ? [...this.data.id.keys()].filter((row) => names.some((name) => this.about[row].has(name))) : [];
  }

  /** Show the questions about a concept, and go there. */
  browse(node) {
    this.form.reset();
    this.form.elements.concept.value = this.data.names[(this.nodeNames.get(node) ?? [])[0]] ?? "";
    this.filter();
    document.getElementById("questions").scrollIntoView();
    this.form.elements.concept.focus({ preventScroll: true });
  }

  turn(page, scroll = true) {
    const pages = Math.max(1, Math.ceil(this.found.length / PAGE));
    this.page = Math.min(Math.max(Number.isFinite(page) ? page : 0, 0), pages - 1);
    const first = this.page * PAGE;
    const rows = this.found.slice(first, first + PAGE);
    this.list.start = first + 1;
    this.list.replaceChildren(...rows.map((row) => make("li", {}, this.card(row))));
    const range = rows.length ? `${number(first + 1)} to ${number(first + rows.length)} of ` : "";
    this.count.textContent = this.found.length ? range + plural(this.found.length, "question") : "No question fits. Clear a filter.";
    document.getElementById("page-number").value = this.page + 1;
    document.getElementById("page-number").max = pages;
    document.getElementById("page-total").textContent = number(pages);
    document.getElementById("page-before").disabled = this.page === 0;
    document.getElementById("page-after").disabled = this.page >= pages - 1;
    if (scroll) this.form.scrollIntoView({ block: "start" });
  }

  value(name, row) {
    const place = this.data[name][row];
    return place < 0 ? "" : this.data[`${name}s`][place];
  }

  final(text) {
    return this.data.code && text ? make("span", {}, text) : finalAnswer(text);
  }

  card(row) {
    const { data } = this;
    const level = this.value("level", row);
    const about = [this.value("school_level", row), this.value("subject", row), this.value("origin", row)];
    const head = make(
      "header", {},
      make("span", { class: "level" }, make("span", { class: `key ${level}` }), levelName(level)),
      make("span", {}, about.filter(Boolean).join(" · ")),
      make("code", { class: "id" }, data.id[row]),
    );
    const body = make("div", { class: "asked" });
    body.append(mathematics(data.question[row]));
    const card = make("article", { class: "question", "aria-label": `Question ${data.id[row]}` }, head, body);
    if (data.final_answer[row] !== null) {
      const share = Math.round(data.agreement[row] * 100);
      card.append(make(
        "p", { class: "verdict" }, make("span", { class: "final" }, this.final(data.final_answer[row])),
        make("span", {}, `${share}% of ${data.votes[row]} votes${data.verified[row] ? ", verified" : ", not verified"}`),
      ));
    }
    const opened = make("details", {}, make("summary", {}, data.final_answer[row] === null ? "Provenance" : "Answer, votes and provenance"));
    opened.addEventListener("toggle", () => this.open(opened, row), { once: true });
    card.append(opened);
    return card;
  }

  async open(place, row) {
    const { data } = this;
    const [chunk, documents] = await Promise.all([unpack(`answers-${Math.floor(row / data.chunk)}`), unpack("documents")]);
    const [answer, votes] = chunk[row % data.chunk];
    if (answer) {
      const solution = make("div", { class: "solution" });
      solution.append(mathematics(answer));
      place.append(make("h4", {}, "Answer"), solution);
    }
    if (votes) {
      const most = Math.max(...votes.map(([, count]) => count));
      place.append(make("h4", {}, data.code ? "Programs" : "Votes, as they were written"), make("ul", { class: "votes" }, ...votes.map(([given, count]) => make(
        "li", {}, make("span", { class: "given" }, this.final(given)),
        make("span", { class: "bar", "aria-hidden": "true" }, make("span", { class: "completion", style: `width:${(100 * count) / most}%` })),
        make("span", { class: "n" }, number(count)),
      ))));
    }
    place.append(make("h4", {}, "Provenance"), this.provenance(row, documents));
  }

  provenance(row, documents) {
    const { data } = this;
    const facts = [];
    const fact = (name, ...value) => facts.push(make("div", {}, make("dt", {}, name), make("dd", {}, ...value)));
    const names = (places) => places.map((name) => {
      const node = data.node[name];
      return node < 0 || !window.conceptMap ? make("span", { class: "chip" }, data.names[name])
        : make("button", { type: "button", class: "chip", onclick: () => window.conceptMap.choose(node, true) }, data.names[name]);
    });
    fact("Concepts", make("span", { class: "chips" }, ...names(data.concepts[row].length ? data.concepts[row] : data.topics[row])));
    if (data.walk[row].length) fact("Walk", data.walk[row].map((name) => data.names[name]).join(" → "));
    fact("Documents", make("ul", { class: "documents" }, ...data.document_ids[row].map((place) => make(
      "li", {}, documentLink(documents, place),
      documents.relevance[place] === null ? null : make("span", { class: "n" }, ` relevance ${documents.relevance[place]}`),
      make("p", { class: "excerpt" }, documents.excerpt[place]),
    ))));
    const answered = this.value("answer_model", row);
    fact("Models", make("code", {}, this.value("question_model", row)), answered ? " asked, " : " asked", answered ? make("code", {}, answered) : null, answered ? " answered" : null);
    fact("Prompt and seed", make("code", {}, this.value("prompt_hash", row)), ", ", make("code", {}, data.seed[row]));
    if (data.checked_equalities[row] !== null) {
      const held = `${plural(data.checked_equalities[row], "equality").replace("equalitys", "equalities")} of the solution hold`;
      fact("Checked", `${data.code ? "every test passes" : held}; vote entropy ${data.vote_entropy[row].toFixed(2)}`);
    }
    if (data.shortened[row]) fact("Shortened", "the document was cut to fit the model's context");
    return make("dl", { class: "facts" }, ...facts);
  }
}
