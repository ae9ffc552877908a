/* The page "Live" asks for newer facts every 2.5 seconds while it is seen and not paused. What is open or has focus
   in a line stays so, and while text in it is marked nothing changes. One request at a time, no stream. */
(() => {
  "use strict";
  const place = document.querySelector("[data-z-latest]");
  const told = document.querySelector("[data-z-told]");
  const pause = document.querySelector("[data-z-pause]");
  if (!place || !told || !pause) return;
  const { all, one, fetched } = zDom;
  const EVERY = 2500;
  const LONGEST = 60000;
  let wait = EVERY;
  let timer = 0;
  let isPaused = false;

  const say = (words) => { if (told.textContent !== words) told.textContent = words; };
  const isBusy = () => !getSelection().isCollapsed && place.contains(getSelection().anchorNode);
  const plan = () => {
    clearTimeout(timer);
    if (!isPaused && !document.hidden) timer = setTimeout(look, wait);
  };

  async function look() {
    if (isBusy()) return plan();
    const query = new URLSearchParams(location.search);
    query.set("part", "1");
    query.set("mark", one("[data-z-mark]", place)?.dataset.zMark || "");
    try {
      const text = await fetched(`${location.pathname}?${query}`);
      wait = EVERY;
      if (text && !isPaused && !isBusy()) swap(new DOMParser().parseFromString(text, "text/html").body);
      else if (!text && told.textContent === told.dataset.failed) say("");
    } catch {
      wait = Math.min(LONGEST, wait * 2);
      say(told.dataset.failed);
    }
    plan();
  }

  function swap(then) {
    const open = new Set(all("details[open]", place).map((each) => each.closest("[data-z-line]")?.dataset.zLine));
    const held = place.contains(document.activeElement) ? document.activeElement : null;
    const id = held?.closest("[data-z-line]")?.dataset.zLine;
    const kind = held?.tagName.toLowerCase();
    const left = one(".z-scroll", place)?.scrollLeft || 0;
    place.replaceChildren(...then.childNodes);
    for (const each of all("[data-z-line]", place)) {
      if (open.has(each.dataset.zLine)) all("details", each).forEach((details) => { details.open = true; });
      if (held && each.dataset.zLine === id) one(kind, each)?.focus({ preventScroll: true });
    }
    const scroll = one(".z-scroll", place);
    if (scroll) scroll.scrollLeft = left;
    if (held && !id) scroll?.focus({ preventScroll: true });
    say("");
    requestAnimationFrame(() => say(told.dataset.new)); // said anew each time
  }

  pause.hidden = false;
  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.setAttribute("aria-pressed", String(isPaused));
    pause.textContent = isPaused ? pause.dataset.on : pause.dataset.off;
    say(isPaused ? told.dataset.paused : "");
    if (isPaused) clearTimeout(timer);
    else look();
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
  plan();
})();
