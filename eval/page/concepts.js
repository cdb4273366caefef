// The map of concepts: places are computed beforehand, so that thousands of nodes are only ever drawn.

const LABELS = 60; // at most, in one view
const FOUND = 12;

class ConceptMap {
  constructor(data) {
    this.data = data;
    this.canvas = document.getElementById("concept-map");
    this.panel = document.getElementById("concept-panel");
    this.context = this.canvas.getContext("2d");
    this.size = data.documents.length;
    const crowd = Math.min(Math.max(Math.sqrt(400 / this.size), 0.4), 1);
    const most = Math.sqrt(Math.max(...data.documents, 1));
    this.radius = data.documents.map((count) => crowd * (2 + (7 * Math.sqrt(count)) / most));
    this.lower = data.names.map((name) => name.toLowerCase());
    this.chosen = this.hovered = -1;
    this.near = new Set();
    this.widths = [];
    this.wanted = false;
    new ResizeObserver(() => this.resize()).observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.restyle());
    this.listen();
    this.restyle();
  }

  restyle() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    this.groups = [...Array(8).keys()].map((group) => colour(`--group-${group}`));
    this.ink = colour("--ink");
    this.paper = colour("--paper");
    this.edge = colour("--edge");
    this.accent = colour("--accent");
    this.draw();
  }

  resize() {
    const box = this.canvas.getBoundingClientRect();
    if (!box.width) return;
    this.ratio = window.devicePixelRatio || 1;
    this.width = box.width;
    this.height = box.height;
    this.canvas.width = Math.round(box.width * this.ratio);
    this.canvas.height = Math.round(box.height * this.ratio);
    if (!this.placed) this.showAll();
    this.draw();
  }

  showAll() {
    this.placed = true;
    this.scale = (Math.min(this.width, this.height) / 2) * 0.92;
    this.left = this.width / 2;
    this.top = this.height / 2;
    this.draw();
  }

  zoom(factor, x = this.width / 2, y = this.height / 2) {
    const least = Math.min(this.width, this.height) / 4;
    const scale = Math.min(Math.max(this.scale * factor, least), least * 160);
    this.left = x - ((x - this.left) * scale) / this.scale;
    this.top = y - ((y - this.top) * scale) / this.scale;
    this.scale = scale;
    this.draw();
  }

  move(x, y) {
    this.left += x;
    this.top += y;
    this.draw();
  }

  draw() {
    if (this.wanted || !this.placed) return;
    this.wanted = true;
    requestAnimationFrame(() => {
      this.wanted = false;
      this.paint();
    });
  }

  paint() {
    const { context, data } = this;
    const x = (node) => this.left + data.x[node] * this.scale;
    const y = (node) => this.top + data.y[node] * this.scale;
    const seen = (node) => x(node) > -20 && x(node) < this.width + 20 && y(node) > -20 && y(node) < this.height + 20;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    const focused = this.chosen >= 0;
    context.lineWidth = 0.6;
    context.strokeStyle = this.edge;
    context.globalAlpha = focused ? 0.25 : 0.7;
    context.beginPath();
    for (let i = 0; i < data.edges.length; i += 2) {
      const [a, b] = [data.edges[i], data.edges[i + 1]];
      if (!seen(a) && !seen(b)) continue;
      context.moveTo(x(a), y(a));
      context.lineTo(x(b), y(b));
    }
    context.stroke();
    if (focused) {
      context.globalAlpha = 0.9;
      context.lineWidth = 1.2;
      context.strokeStyle = this.accent;
      context.beginPath();
      for (const end of this.near) {
        context.moveTo(x(this.chosen), y(this.chosen));
        context.lineTo(x(end), y(end));
      }
      context.stroke();
    }
    const growth = Math.min(Math.max(Math.sqrt(this.scale / Math.min(this.width, this.height)), 0.6), 3);
    const lit = (node) => !focused || node === this.chosen || this.near.has(node);
    const disc = (node) => {
      context.moveTo(x(node) + this.radius[node] * growth, y(node));
      context.arc(x(node), y(node), this.radius[node] * growth, 0, 2 * Math.PI);
    };
    const inSight = [...this.radius.keys()].filter(seen);
    for (const bright of focused ? [false, true] : [true]) {
      context.globalAlpha = bright ? 1 : 0.22;
      const nodes = inSight.filter((node) => lit(node) === bright);
      this.groups.forEach((colour, group) => { // one path for each colour: a path for each disc takes ten times as long
        context.fillStyle = colour;
        context.beginPath();
        for (const node of nodes) if (data.group[node] === group) disc(node);
        context.fill();
      });
      context.strokeStyle = this.ink;
      context.lineWidth = 1;
      context.beginPath();
      for (const node of nodes) if (data.kinds[node] & 1) disc(node);
      context.stroke();
    }
    context.globalAlpha = 1;
    context.lineWidth = 2.5;
    context.beginPath();
    for (const node of [this.chosen, this.hovered]) if (node >= 0) disc(node);
    context.stroke();
    this.label(inSight.filter(lit), x, y, growth);
  }

  /** Names of the commonest nodes in sight, where they do not cover each other. */
  label(nodes, x, y, growth) {
    const { context, data } = this;
    context.font = "12px system-ui, sans-serif";
    context.lineWidth = 3;
    context.lineJoin = "round";
    const first = [this.hovered, this.chosen].filter((node) => node >= 0);
    const boxes = [];
    for (const node of [...first, ...nodes.filter((node) => !first.includes(node))]) {
      if (boxes.length >= LABELS) break;
      const words = data.names[node];
      const width = (this.widths[node] ??= context.measureText(words).width);
      const aside = this.radius[node] * growth + 3;
      const left = x(node) + aside + width < this.width - 2 ? x(node) + aside : Math.max(2, x(node) - aside - width);
      const box = [left, y(node) - 8, left + width, y(node) + 8];
      const covers = (other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3];
      if (!first.includes(node) && boxes.some(covers)) continue;
      boxes.push(box);
      context.strokeStyle = this.paper;
      context.strokeText(words, left, y(node) + 4);
      context.fillStyle = this.ink;
      context.fillText(words, left, y(node) + 4);
    }
  }

  nodeAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    let best = -1;
    let nearest = 14 * 14;
    for (let node = 0; node < this.size; node++) {
      const dx = this.left + this.data.x[node] * this.scale - px;
      const dy = this.top + this.data.y[node] * this.scale - py;
      const distance = dx * dx + dy * dy;
      if (distance < nearest) [best, nearest] = [node, distance];
    }
    return best;
  }

  listen() {
    const { canvas } = this;
    let from = null;
    let moved = 0;
    canvas.addEventListener("pointerdown", (event) => {
      from = [event.clientX, event.clientY];
      moved = 0;
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (from) {
        moved += Math.abs(event.clientX - from[0]) + Math.abs(event.clientY - from[1]);
        this.move(event.clientX - from[0], event.clientY - from[1]);
        from = [event.clientX, event.clientY];
        return;
      }
      const node = this.nodeAt(event);
      canvas.style.cursor = node < 0 ? "grab" : "pointer";
      if (node !== this.hovered) {
        this.hovered = node;
        this.draw();
      }
    });
    canvas.addEventListener("pointerup", (event) => {
      from = null;
      if (moved < 5) this.choose(this.nodeAt(event));
    });
    canvas.addEventListener("pointercancel", () => (from = null));
    canvas.addEventListener("pointerleave", () => {
      this.hovered = -1;
      this.draw();
    });
    // The wheel scrolls the page until the map is in use, so that nobody is caught in it on the way down.
    canvas.addEventListener("wheel", (event) => {
      if (document.activeElement !== canvas && !event.ctrlKey) return;
      event.preventDefault();
      const box = canvas.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY / 400), event.clientX - box.left, event.clientY - box.top);
    }, { passive: false });
    const keys = {
      ArrowLeft: () => this.move(40, 0), ArrowRight: () => this.move(-40, 0), ArrowUp: () => this.move(0, 40),
      ArrowDown: () => this.move(0, -40), "+": () => this.zoom(1.3), "=": () => this.zoom(1.3), "-": () => this.zoom(1 / 1.3),
      0: () => this.showAll(), Escape: () => this.choose(-1),
    };
    canvas.addEventListener("keydown", (event) => {
      if (!keys[event.key] || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      keys[event.key]();
    });
    const zooms = { in: () => this.zoom(1.5), out: () => this.zoom(1 / 1.5), all: () => this.showAll() };
    for (const button of document.querySelectorAll("[data-zoom]")) button.addEventListener("click", zooms[button.dataset.zoom]);
    const search = document.getElementById("concept-search");
    search.addEventListener("input", () => this.find(search.value));
    search.addEventListener("keydown", (event) => {
      const found = document.querySelector("#concept-found button");
      if (event.key === "Enter" && found) found.click();
      if (event.key === "ArrowDown" && found) {
        event.preventDefault();
        found.focus();
      }
      if (event.key === "Escape") this.find("");
    });
    document.getElementById("concept-found").addEventListener("keydown", (event) => {
      const next = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
      if (!next) return;
      event.preventDefault();
      const other = event.target.closest("li")[next];
      (other ? other.querySelector("button") : search).focus();
    });
  }

  /** List the concepts whose names hold the words, those that begin with them first, then the commonest. */
  find(words) {
    const asked = words.trim().toLowerCase();
    const list = document.getElementById("concept-found");
    const hits = asked ? [...this.lower.keys()].filter((node) => this.lower[node].includes(asked)) : [];
    hits.sort((a, b) => this.lower[b].startsWith(asked) - this.lower[a].startsWith(asked) || a - b);
    const shown = hits.slice(0, FOUND).map((node) => make("li", {}, make(
      "button", { type: "button", onclick: () => { this.find(""); document.getElementById("concept-search").value = ""; this.choose(node, true); } },
      this.data.names[node], make("span", { class: "n" }, number(this.data.documents[node])),
    )));
    if (hits.length > FOUND) shown.push(make("li", { class: "more" }, `and ${number(hits.length - FOUND)} more`));
    if (asked && !hits.length) shown.push(make("li", { class: "more" }, "no concept with these words"));
    list.replaceChildren(...shown);
  }

  /** Choose a node, -1 for none: light up its neighbours and tell what is known of it. */
  async choose(node, centre = false) {
    this.chosen = node;
    this.near = new Set();
    if (node < 0) {
      this.panel.replaceChildren(make("p", { class: "absent" }, "Choose a concept to see its neighbours, its documents and its questions."));
      this.draw();
      return;
    }
    const pairs = this.data.neighbours[node];
    for (let i = 0; i < pairs.length; i += 2) this.near.add(pairs[i]);
    if (centre && this.placed) {
      this.scale = Math.max(this.scale, Math.min(this.width, this.height) * 0.9);
      this.left = this.width / 2 - this.data.x[node] * this.scale;
      this.top = this.height / 2 - this.data.y[node] * this.scale;
      document.querySelector(".explorer").scrollIntoView({ block: "nearest" });
    }
    this.draw();
    await this.tell(node, pairs);
  }

  async tell(node, pairs) {
    const { data } = this;
    const [documents, questions] = await Promise.all([unpack("documents"), window.questions]);
    if (this.chosen !== node) return; // another was chosen meanwhile
    const kind = ["", "topic", "key concept", "topic and key concept"][data.kinds[node]];
    const rows = questions ? questions.rowsOf(node) : [];
    const neighbours = [];
    for (let i = 0; i < pairs.length; i += 2) {
      const end = pairs[i];
      neighbours.push(make("button", { type: "button", class: "chip", onclick: () => this.choose(end, true) }, data.names[end], make("span", { class: "n" }, number(pairs[i + 1]))));
    }
    const first = rows.slice(0, 3).map((row) => {
      const text = make("div", { class: "asked" });
      text.append(mathematics(questions.data.question[row]));
      return make("li", {}, text);
    });
    this.panel.replaceChildren(
      make("h3", {}, data.names[node]),
      make("p", { class: "note" }, `${kind}, ${plural(data.documents[node], "document")}, ${plural(rows.length, "question")} on this page`),
      make("h4", {}, "Neighbours, with the documents that both are in"),
      neighbours.length ? make("div", { class: "chips" }, ...neighbours) : make("p", { class: "absent" }, "none on the map"),
      make("h4", {}, "Documents nearest to it"),
      make("ul", { class: "documents" }, ...data.nearest[node].map((place) => make("li", {}, documentLink(documents, place), make("p", { class: "excerpt" }, documents.excerpt[place])))),
      make("h4", {}, "Questions"),
      rows.length ? make("ul", { class: "some" }, ...first) : make("p", { class: "absent" }, "none on this page"),
      rows.length ? make("button", { type: "button", onclick: () => questions.browse(node) }, `Browse ${rows.length === 1 ? "it" : `all ${number(rows.length)}`}`) : null,
    );
  }
}
