// Start: what is in sight first, and the section that is being read marked in the contents.

async function start() {
  const links = new Map([...document.querySelectorAll("nav.contents a")].map((link) => [link.hash.slice(1), link]));
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute("aria-current");
      const link = links.get(entry.target.id);
      link?.setAttribute("aria-current", "location");
      const bar = document.querySelector("nav.contents");
      if (link && bar.scrollWidth > bar.clientWidth) bar.scrollTo({ left: link.offsetLeft - bar.clientWidth / 3 });
    }
  }, { rootMargin: "-20% 0px -70% 0px" });
  for (const section of document.querySelectorAll("main > section")) watcher.observe(section);

  // Formulas in what is folded away are set when it is unfolded.
  for (const folded of document.querySelectorAll("details:has(.tex, .final-answer)")) {
    folded.addEventListener("toggle", () => {
      for (const place of folded.querySelectorAll(".tex")) place.replaceChildren(mathematics(place.textContent));
      for (const place of folded.querySelectorAll(".final-answer")) place.replaceChildren(finalAnswer(place.textContent));
    }, { once: true });
  }

  if (!("DecompressionStream" in window)) {
    const count = document.getElementById("questions-count");
    if (count) count.textContent = "This browser cannot unpack the questions and the map; browsers since 2023 can.";
    return;
  }
  window.questions = unpack("questions").then((data) => (data ? new Questions(data) : null));
  await window.questions;
  performance.mark("questions-shown");
  const concepts = await unpack("concepts");
  if (concepts) window.conceptMap = new ConceptMap(concepts);
  performance.mark("report-ready");
  document.documentElement.dataset.ready = "true";
}

start();
