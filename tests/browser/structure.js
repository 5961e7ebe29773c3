// What is wrong with how a page is made, for who does not see it or has no mouse. As in probe.js.
(() => {
  const words = element => element.outerHTML.slice(0, 80);
  const name = element =>
    (element.getAttribute("aria-label") || element.textContent || element.getAttribute("title") || "").trim();
  const all = query => [...document.querySelectorAll(query)];

  const page = [];
  if (!document.documentElement.lang) page.push("no language");
  if (!document.title) page.push("no title");
  if (document.compatMode !== "CSS1Compat") page.push("no doctype");
  if (!document.querySelector("meta[name=viewport]")) page.push("no viewport: a phone shows it tiny");
  if (all("main, [role=main]").length !== 1) page.push("not one main landmark");
  const strays = [...document.body.children].filter(
    one => !one.matches("main, header, footer, nav, aside, script, style, [role=main], a[href^='#']"));
  if (strays.length) page.push(`outside of every landmark: ${strays.map(words).join(", ")}`);

  const headings = [];
  let before = 0;
  for (const heading of all("h1, h2, h3, h4, h5, h6")) {
    const level = Number(heading.tagName[1]);
    if (level > before + 1) headings.push(`h${level} after h${before}: ${words(heading)}`);
    if (!name(heading)) headings.push(`empty: ${words(heading)}`);
    before = level;
  }
  if (all("h1").length !== 1) headings.push("not one h1");

  const tables = [];
  for (const table of all("table")) {
    if (!table.querySelector("th")) tables.push(`no header: ${words(table)}`);
    for (const header of table.querySelectorAll("th")) {
      if (!header.scope) tables.push(`a header of neither row nor column: ${words(header)}`);
      if (!name(header)) tables.push(`an empty header: ${words(table)}`);
    }
    if (!table.caption && !table.getAttribute("aria-label") && !table.getAttribute("aria-labelledby")) {
      tables.push(`no name: ${words(table)}`);
    }
  }

  const pictures = [];
  for (const picture of all("svg")) {
    if (picture.getAttribute("aria-hidden") === "true") continue;
    if (!["img", "group", "graphics-document"].includes(picture.getAttribute("role"))) {
      pictures.push(`no role: ${words(picture)}`);
    }
    const named = picture.getAttribute("aria-label") || picture.querySelector(":scope > title");
    if (!named && !picture.getAttribute("aria-labelledby")) pictures.push(`no name: ${words(picture)}`);
  }
  // a name counts only for what has a role: https://www.w3.org/TR/wai-aria-1.2/#generic
  for (const shape of all("svg [aria-label]")) if (!shape.getAttribute("role")) pictures.push(`no role: ${words(shape)}`);

  const ids = all("[id]").map(one => one.id);
  const twice = ids.filter((id, number) => ids.indexOf(id) !== number);
  const lost = all("a[href^='#']").filter(one => !document.getElementById(decodeURIComponent(one.hash.slice(1))));

  const scrolled = all("body *").filter(one => {
    const auto = ["auto", "scroll"].includes(getComputedStyle(one).overflowX);
    return auto && one.scrollWidth > one.clientWidth + 1 && (one.tabIndex < 0 || !one.getAttribute("aria-label"));
  });
  return {page, headings, tables, pictures, twice, lost: lost.map(words), scrolled: scrolled.map(words)};
})()
