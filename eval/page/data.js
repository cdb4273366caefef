// Data of the page: JSON, gzipped, in base64; each block is unpacked when it is first asked for.

const unpacked = new Map();

/** The value of a block, or null where the page has no such block. */
function unpack(name) {
  if (!unpacked.has(name)) unpacked.set(name, readBlock(name));
  return unpacked.get(name);
}

async function readBlock(name) {
  const element = document.getElementById(`data-${name}`);
  if (!element) return null;
  const characters = atob(element.textContent.trim());
  element.remove(); // its text is not needed twice
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

/** An element with attributes and children; strings become text, never markup. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const number = (value) => value.toLocaleString("en-US");
const plural = (count, word) => `${number(count)} ${word}${count === 1 ? "" : "s"}`;
const levelName = (level) => level.replace(/^level(?=\d)/, "level ");

/** A document as a link where its address is one of the web, else as text: no other scheme is ever followed. */
function documentLink(documents, place) {
  const url = documents.url[place];
  if (!/^https?:\/\//i.test(url)) return make("span", {}, documents.id[place]);
  return make("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, documents.id[place]);
}
