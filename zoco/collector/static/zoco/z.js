/* Zoco's tracker: page views, engagement, events of your own. Stores nothing in the browser.
 *
 *   <script defer src="/z.js"></script>
 *   zoco("signup", { plan: "pro", seats: 3 })
 *   zoco("order", { coupon: "SPRING" }, { amount: "59.90", currency: "EUR", quantity: 2 })
 *   <button data-zoco-event="download" data-zoco-prop-file="price list">
 *
 * Attributes of the script: data-to (where facts go, /e beside the script unless given), data-links (count
 * clicks that lead away, and downloads). A form that is sent is the event "form", with its id or name.
 * Somebody who sets localStorage.zoco = "off" is not counted.
 */
(() => {
  "use strict";
  const script = document.currentScript;
  const to = script?.dataset.to || new URL("/e", script?.src || location.href).href;
  const ROOM = 60_000, MOST = 100, WAIT = 100, TRIES = 6, TITLE = 500;
  const FILES = /\.(?:pdf|zip|docx?|xlsx?|pptx?|od[tsp]|csv|gz|7z|rar|dmg|exe|msi|apk|mp3|mp4|epub)$/i;
  const early = window.zoco?.q || [];

  const isOff = () => {
    try { return localStorage.getItem("zoco") === "off"; } catch { return false; }
  };
  if (!/^https?:$/.test(location.protocol) || isOff()) {
    window.zoco = () => {};
    return;
  }

  const uuid = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    for (let at = Date.now(), i = 5; i >= 0; i--, at = Math.floor(at / 256)) bytes[i] = at % 256;
    bytes[6] = (bytes[6] & 15) | 112;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  };
  const here = () => (/^#!?\//.test(location.hash) ? location.href : location.href.split("#")[0]);

  /* Sending: what waits goes together; what did not arrive goes again under the same id. */
  let waiting = [], timer = 0;
  const add = (fact) => {
    waiting.push([performance.now(), { id: uuid(), url: page, driven: navigator.webdriver === true, ...fact }]);
    timer ||= setTimeout(flush, WAIT);
  };
  const next = () => {
    let size = 2;
    const taken = [];
    while (waiting.length && taken.length < MOST) {
      size += new Blob([JSON.stringify(waiting[0][1])]).size + 24;
      if (taken.length && size > ROOM) break;
      taken.push(waiting.shift());
    }
    return taken;
  };
  const packed = (facts) => JSON.stringify(
    facts.map(([at, fact]) => ({ ...fact, age: Math.max(0, Math.round(performance.now() - at)) })),
  );
  const flush = () => {
    timer = 0;
    while (waiting.length) send(next(), 0);
  };
  const send = (facts, tries) => {
    const again = () => {
      if (tries < TRIES) setTimeout(() => send(facts, tries + 1), 1000 * 2 ** tries);
      else console.warn("zoco: given up, the server does not answer", to);
    };
    fetch(to, { method: "POST", body: packed(facts), keepalive: true, credentials: "omit" }).then((answer) => {
      if (answer.status >= 500 || answer.status === 429) again();
      else if (!answer.ok) answer.text().then((why) => console.warn("zoco: refused", why));
    }, again);
  };
  const leave = () => {
    clearTimeout(timer);
    timer = 0;
    while (waiting.length) {
      const facts = next();
      if (!navigator.sendBeacon?.(to, packed(facts))) send(facts, TRIES);
    }
  };

  /* Engagement: how long the page was in front of somebody, and how far down it was seen. */
  let engaged = 0, since = 0, seen = 0;
  const look = () => {
    const watched = document.visibilityState === "visible" && document.hasFocus();
    const now = performance.now();
    if (since) engaged += now - since;
    since = watched ? now : 0;
  };
  const scrolled = () => {
    const whole = document.documentElement.scrollHeight;
    const part = Math.min(100, Math.round((100 * (scrollY + innerHeight)) / Math.max(whole, 1)));
    seen = Math.max(seen, part);
  };
  const tell = () => {
    look();
    const ms = Math.round(engaged);
    if (ms < 100) return;
    add({ type: "engagement", ms, scroll: seen });
    engaged = 0;
  };

  /* Page views, of pages that are loaded and of those that a script puts in their place. */
  let page = here(), from = document.referrer;
  const view = () => {
    const fact = { type: "view", referrer: from, screen: screen.width, title: "" };
    waiting.push([performance.now(), { id: uuid(), url: page, driven: navigator.webdriver === true, ...fact }]);
    const mine = waiting.at(-1)[1];
    /* The title often comes after the address. */
    Object.defineProperty(mine, "title", { enumerable: true, get: () => document.title.slice(0, TITLE) });
    timer ||= setTimeout(flush, WAIT);
    seen = 0;
    scrolled();
  };
  const moved = () => {
    if (here() === page) return;
    tell();
    flushTitles();
    from = page;
    page = here();
    view();
  };
  /* A view that still waits keeps the title of its own page. */
  const flushTitles = () => {
    for (const [, fact] of waiting) {
      if (fact.type === "view") Object.defineProperty(fact, "title", { value: fact.title, enumerable: true });
    }
  };
  const push = history.pushState, replace = history.replaceState;
  history.pushState = function (...given) {
    push.apply(this, given);
    moved();
  };
  history.replaceState = function (...given) {
    const path = location.pathname;
    replace.apply(this, given);
    if (location.pathname === path) page = here();
    else moved();
  };
  addEventListener("popstate", moved);
  addEventListener("hashchange", moved);
  addEventListener("scroll", scrolled, { passive: true });
  for (const name of ["focus", "blur"]) addEventListener(name, look);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") look();
    else { tell(); leave(); }
  });
  addEventListener("pagehide", () => { tell(); leave(); });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    from = "";
    page = here();
    view();
    look();
  });

  /* Events of the site's own. */
  window.zoco = (event, props = {}, { amount, currency, quantity } = {}) => {
    const money = amount === undefined ? {} : { amount: String(amount), currency };
    add({ type: "event", event, props, ...money, ...(quantity === undefined ? {} : { quantity }) });
  };
  const marked = (element) => {
    const { zocoEvent, ...rest } = element.dataset;
    const props = {};
    for (const [name, value] of Object.entries(rest)) {
      if (name.startsWith("zocoProp")) props[name[8].toLowerCase() + name.slice(9)] = value;
    }
    window.zoco(zocoEvent, props);
  };
  addEventListener("submit", (event) => {
    const form = event.target, named = (name) => form.getAttribute(name) || "";
    if (form.dataset.zocoEvent) marked(form);
    else window.zoco("form", { form: named("id") || named("name") });
  }, true);
  addEventListener("click", (event) => {
    const element = event.target.closest?.("[data-zoco-event]");
    if (element && element.tagName !== "FORM") marked(element);
    const link = "links" in (script?.dataset || {}) && event.target.closest?.("a[href]");
    if (!link || !/^https?:$/.test(link.protocol)) return;
    const target = link.href.split(/[?#]/)[0].slice(0, 1000);
    if (FILES.test(link.pathname)) window.zoco("download", { target });
    else if (link.host !== location.host) window.zoco("outbound link", { target });
  }, true);

  const begin = () => {
    page = here();
    view();
    look();
    for (const given of early) window.zoco(...given);
  };
  if (document.prerendering) document.addEventListener("prerenderingchange", begin, { once: true });
  else begin();
})();
