// What is wrong with how a page looks. An expression: an object with a list of sentences for each kind of trouble.
// The window should be as high as the page, for only what is in it can be found at a place.
(() => {
  const words = element => `<${element.tagName.toLowerCase()}> "${element.textContent.trim().slice(0, 40)}"`;
  const visible = element => element.checkVisibility({opacityProperty: true, visibilityProperty: true});

  // -- where each text is: a box for each line of it
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, element = node.parentElement;
    if (!node.data.trim() || !visible(element) || element.closest("title, desc, style, script, template")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width > 1 && box.height > 1) texts.push({element, box, text: node.data.trim()});
    }
  }

  const overlaps = [];
  const SLACK = 1.5; // boxes of fonts are a little larger than what is drawn
  texts.forEach((one, number) => {
    for (const other of texts.slice(number + 1)) {
      const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      if (wide > SLACK && high > SLACK * 2) overlaps.push(`"${one.text}" and "${other.text}"`);
    }
  });

  // -- what cannot be seen, and cannot be scrolled to
  const cut = [];
  for (const {element, box, text} of texts) {
    for (let around = element; around; around = around.parentElement) {
      const style = getComputedStyle(around), edge = around.getBoundingClientRect();
      if (around === document.body || around === document.documentElement) break;
      if (style.overflowX === "auto" || style.overflowX === "scroll") break;
      const clips = style.overflowX === "hidden" || style.overflowX === "clip" || around.tagName === "svg";
      if (clips && (box.left < edge.left - 1 || box.right > edge.right + 1)) cut.push(`"${text}" by ${words(around)}`);
      if (clips && (box.top < edge.top - 1 || box.bottom > edge.bottom + 1)) cut.push(`"${text}" by ${words(around)}`);
    }
  }
  const root = document.scrollingElement;
  const wide = root.scrollWidth > innerWidth ? [`${root.scrollWidth} px in a window of ${innerWidth}`] : [];

  // -- what is drawn outside of its picture
  const outside = [];
  for (const picture of document.querySelectorAll("svg")) {
    if (!visible(picture)) continue;
    const edge = picture.getBoundingClientRect();
    for (const shape of picture.querySelectorAll("rect, text, line, path, circle, polygon, polyline, use, image")) {
      const box = shape.getBoundingClientRect();
      const out = box.left < edge.left - 1 || box.right > edge.right + 1 || box.top < edge.top - 1;
      if (out || box.bottom > edge.bottom + 1) outside.push(words(shape));
    }
  }

  // -- contrast, by the rule of WCAG 2: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
  const paper = document.createElement("div");
  paper.style.background = "Canvas";
  document.body.append(paper);
  const canvas = colour(getComputedStyle(paper).backgroundColor);
  paper.remove();

  function colour(text) {
    const found = /^rgba?\(([^)]*)\)$/.exec(text);
    if (!found) return null; // none, or a pattern
    const [red, green, blue, alpha = 1] = found[1].split(/[\s,/]+/).map(Number);
    return {red, green, blue, alpha};
  }
  function over(above, below, alpha) {
    const mix = name => above[name] * alpha + below[name] * (1 - alpha);
    return {red: mix("red"), green: mix("green"), blue: mix("blue"), alpha: 1};
  }
  function luminance({red, green, blue}) {
    const line = part => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * line(red) + 0.7152 * line(green) + 0.0722 * line(blue);
  }
  function fill(element) {
    const style = getComputedStyle(element), drawn = element instanceof SVGElement && element.tagName !== "svg";
    const found = colour(drawn ? style.fill : style.backgroundColor);
    return found && {...found, alpha: found.alpha * (drawn ? style.fillOpacity : 1) * style.opacity};
  }
  const pale = [];
  for (const {element, box, text} of texts) {
    const stack = document.elementsFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    const own = stack.indexOf(element);
    if (own < 0) continue; // scrolled away, or below something else
    const drawn = element instanceof SVGElement;
    let below = canvas;
    for (const one of stack.slice(drawn ? own + 1 : own).reverse()) {
      const paint = one instanceof SVGElement && ["g", "line"].includes(one.tagName) ? null : fill(one);
      if (paint) below = over(paint, below, paint.alpha);
    }
    const style = getComputedStyle(element), ink = colour(drawn ? style.fill : style.color);
    let alpha = ink.alpha;
    for (let around = element; around; around = around.parentElement) alpha *= getComputedStyle(around).opacity;
    const [dark, light] = [luminance(over(ink, below, alpha)), luminance(below)].sort((a, b) => a - b);
    const ratio = (light + 0.05) / (dark + 0.05);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) pale.push(`"${text}": ${ratio.toFixed(2)}`);
  }

  // -- letters that nobody can read
  const small = [];
  for (const {element, text} of texts) {
    const scale = element instanceof SVGElement ? element.getScreenCTM().a : 1;
    const size = parseFloat(getComputedStyle(element).fontSize) * scale;
    if (size < 9) small.push(`"${text}": ${size.toFixed(1)} px`);
  }
  return {wide, overlaps, cut, outside, pale, small};
})()
