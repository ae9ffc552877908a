/* An overview whose period includes today takes newer figures when its site has new facts: in place and
   without motion, focus, scroll and open tabs stay. Not while the reader is busy, and at most once in five seconds;
   longer where the server takes long. What cannot be fetched leaves the old figures, with their age. */
(() => {
  "use strict";
  const { all, one, fetched } = zDom;
  const place = one("[data-z-live]");
  if (!place?.dataset.zFresh) return;
  const GAP = 5000;
  const LONGEST_GAP = 60000;
  const LATE = 10000; // milliseconds that a fact may need to get into the store
  let mark = "";
  let isWanted = false;
  let isRunning = false;
  let failures = 0;
  let earliest = 0;
  let timer = 0;

  const isBusy = () =>
    !(document.getElementById("z-drawer")?.hidden ?? true) ||
    one("details.z-pop[open], dialog[open]") ||
    document.activeElement?.matches("input, select, textarea, [contenteditable]") ||
    !getSelection().isCollapsed;

  const plan = (least = 0) => {
    clearTimeout(timer);
    if (isWanted && !isRunning && !document.hidden) timer = setTimeout(run, Math.max(least, earliest - Date.now()));
  };

  function run() {
    if (isBusy()) plan(500);
    else refresh();
  }

  async function refresh() {
    const began = Date.now();
    isRunning = true;
    isWanted = false;
    try {
      await body();
      for (const holder of all("[data-z-panel]:not([aria-busy])")) await panel(holder);
      failures = 0;
      one(".z-stale").hidden = true;
      earliest = Math.max(began + GAP, Date.now() + 3 * (Date.now() - began));
    } catch {
      failures += 1;
      one(".z-stale").hidden = false;
      isWanted = true;
      earliest = Date.now() + Math.min(LONGEST_GAP, GAP * 2 ** failures);
    }
    isRunning = false;
    plan();
  }

  const parsed = async (url) => new DOMParser().parseFromString(await fetched(url), "text/html");

  /* Put newer content into an element; what had focus or was scrolled in it still is. */
  function swap(now, then) {
    if (!now || !then || now.innerHTML.trim() === then.innerHTML.trim()) return;
    const held = now.contains(document.activeElement) && now !== document.activeElement ? document.activeElement : null;
    const href = held?.getAttribute("href");
    const at = all("a, summary, [tabindex]", now).indexOf(held);
    const lefts = all(".z-scroll", now).map((box) => box.scrollLeft);
    now.replaceChildren(...then.cloneNode(true).childNodes);
    all(".z-scroll", now).forEach((box, number) => { box.scrollLeft = lefts[number] ?? 0; });
    if (!held) return;
    const others = all("a, summary, [tabindex]", now);
    const next = others.find((other) => href && other.getAttribute("href") === href) ?? others[Math.min(at, others.length - 1)];
    next?.focus({ preventScroll: true });
  }

  /* The whole page without its frame: figures, curve, what the drawer says. Panels come by themselves. */
  async function body() {
    const search = new URLSearchParams(location.search);
    search.delete("how");
    const then = one(".z-body", await whole(`${place.dataset.zFresh}?${search}`));
    const now = one(".z-body", place);
    if (!one(".z-figs", now) || !one(".z-figs", then)) {
      if (one(".z-figs", then)) first(now, then);
      else swap(one(".z-empty", now), one(".z-empty", then));
      return;
    }
    for (const selector of [".z-figs", ".z-stale", ".z-printed"]) swap(one(selector, now), one(selector, then));
    swap(one(":scope > .note:last-child", now), one(":scope > .note:last-child", then));
    curve(now, then);
  }

  async function whole(url) {
    const page = await parsed(url);
    for (const part of [".z-kv", "#z-sql"]) swap(one(`#z-drawer ${part}`), one(`#z-drawer ${part}`, page));
    return page;
  }

  /* The first facts: where the page said why it is empty, there is an overview now. */
  function first(now, then) {
    for (const old of all(":scope > :not(.z-bars)", now)) old.remove();
    now.append(...all(":scope > :not(.z-bars)", then));
    document.dispatchEvent(new Event("z:body"));
  }

  function curve(now, then) {
    const holder = one("[data-z-curve]", now);
    const newer = one("[data-z-curve]", then);
    const points = document.getElementById(holder?.dataset.zCurve);
    const newPoints = newer && one(`#${newer.dataset.zCurve}`, then);
    if (!points || !newPoints || points.textContent === newPoints.textContent) return;
    points.textContent = newPoints.textContent;
    holder.dataset.svg = newer.innerHTML;
    swap(one(".z-fig > figcaption", now), one(".z-fig > figcaption", then));
    swap(one(".z-fig .z-alt p", now), one(".z-fig .z-alt p", then));
    holder.dispatchEvent(new Event("z:points"));
  }

  /* Another tab may be opened while this one is fetched, and the reader may begin something. */
  async function panel(holder) {
    const url = holder.dataset.zPanel;
    const page = await parsed(url);
    if (isBusy()) isWanted = true;
    else if (holder.dataset.zPanel === url && !holder.hasAttribute("aria-busy")) swap(holder, page.body);
  }

  document.addEventListener("z:news", (event) => {
    const newer = event.detail.facts[place.dataset.zSite];
    if (!newer || newer === mark) return;
    const isFirst = !mark;
    mark = newer;
    // The first mark tells how things are: only facts later than the page are news.
    if (isFirst && Number(newer.split("-")[0]) / 1000 < Number(place.dataset.zAsked) / 1000 - LATE) return;
    isWanted = true;
    plan();
  });
  document.addEventListener("visibilitychange", () => plan());
})();
