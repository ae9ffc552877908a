/* Zoco's tracker: page views, engagement, speed, events of your own. Stores nothing in the browser but a
 * "no" of whoever does not want to be counted, the id of whoever consented, and the mark of own staff.
 *
 *   <script defer src="/z.js"></script>
 *   zoco("signup", { plan: "pro", seats: 3, of: { team: "honey" } })
 *   zoco("order", { coupon: "SPRING" }, { amount: "59.90", currency: "EUR", quantity: 2 })
 *   zoco("shop.basket.added", {}, { subject: "HNY-500", quantity: 1 })
 *   zoco.missing()     this page is not there (where the server's status does not say so)
 *   zoco.off()         do not count this browser any more; zoco.off(false) takes it back
 *   zoco.consent("given", { purposes: ["statistics"], proof: { text, version, language } })
 *                      keep a random id for 180 days in a cookie of this host; "withdrawn" takes it away
 *   zoco.id()          that id
 *   zoco.person(token) say who it is: a token that the site's server signed; without that id nothing is said
 *   https://shop.example/#zoco_staff=WORD   this browser is of the site's own people, if the word is right:
 *                      a cookie of this host for 180 days; "#zoco_staff=no" takes it back; what can be no word is left
 *   <button data-zoco-event="download" data-zoco-prop-file="price list">
 *
 * Attributes of the script: data-to (where facts go; beside the script unless given), data-links="off" (do
 * not count clicks that lead away, and downloads), data-status (status of the page, where the browser does
 * not tell). A form that is sent is the event "form", with its id or name.
 *
 * What is served is shortened (zoco/collector/live/shortening.py): a local name that is used twice costs less
 * than two names, and there are no template literals. A page that a browser makes ready before anybody asks
 * for it (prerendering) is none until somebody sees it.
 */
((script, doc) => {
  "use strict";
  const { dataset: told = {}, src = location.href } = script || {};
  const to = told.to || new URL(/\/z\.js$/.test(src) ? "/e" : src.replace(/\.js([?#].*)?$/, ""), src).href;
  const run = () => {
    const ROOM = 6e4, TRIES = 6;
    const FILES = /\.(pdf|zip|docx?|xlsx?|pptx?|od[tsp]|csv|gz|7z|rar|dmg|exe|msi|apk|mp[34]|epub)$/i;
    const early = window.zoco?.q || [], now = () => performance.now(), { max, min, round } = Math;

    /* Whoever says no is not counted from that moment on. */
    let off = !/^http/.test(location.protocol);
    try { off ||= localStorage.zoco === "off"; } catch {}

    /* A UUIDv7: the moment, a count, then chance. Moment and count are one number that grows, whatever the
     * clock does: by it facts of the same moment have their order. */
    let turn = 0;
    const hex = (number, size) => number.toString(16).padStart(size, "0");
    const uuid = () => {
      const [one, two, three] = crypto.getRandomValues(new Uint32Array(3));
      turn = max(turn + 1, Date.now() * 4096);
      return hex(turn, 15).replace(/(.{8})(.{4})/, "$1-$2-7")
        + "-8" + hex(one >>> 20, 3) + "-" + hex(two, 8) + hex(three >>> 16, 4);
    };
    /* Who asks for privacy has no id, whatever is in the cookie. */
    const isPrivate = () => navigator.globalPrivacyControl || navigator.doNotTrack == 1;
    /* A cookie of this name: before it stands a space, so that no other's name ends alike. */
    const kept = (name, text = " " + doc.cookie) => text.split(name + "=")[1]?.split(";")[0];
    const keep = (name, fact) => {
      doc.cookie = name + "=" + fact + ";path=/;max-age=" + (fact && 15552e3) + ";samesite=lax;secure";
    };
    const mine = () => (isPrivate() ? undefined : kept(" zoco_id"));
    const given = kept("zoco_staff", location.hash);
    if (/^(no|[\da-f]{24})$/.test(given)) keep("zoco_staff", given), location.hash = "";
    const here = () => (/^#!?\//.test(location.hash) ? location.href : location.href.split("#")[0]);
    const seen = () => doc.visibilityState === "visible";

    /* Sending: what waits goes together; what did not arrive goes again under the same id. */
    let waiting = [], timer = 0;
    const add = (fact) => {
      fact = { id: uuid(), url: page, driven: !!navigator.webdriver, who: mine(), staff: kept(" zoco_staff"), ...fact };
      if (!off) waiting.push([now(), fact]);
      timer ||= setTimeout(flush, 100);
      return fact;
    };
    const next = () => {
      let size = 2;
      const facts = [];
      while (waiting.length && facts.length < 100) {
        size += new Blob([JSON.stringify(waiting[0][1])]).size + 24;
        if (facts.length && size > ROOM) break;
        facts.push(waiting.shift());
      }
      return facts;
    };
    /* All ages are of one moment: rounded, each fact stays behind the one before. */
    const packed = (facts, at = now()) =>
      JSON.stringify(facts.map(([since, fact]) => ({ ...fact, age: round(at - since) })));
    const flush = (last) => {
      clearTimeout(timer);
      timer = 0;
      titled();
      while (waiting.length) {
        const facts = next();
        if (!last || !navigator.sendBeacon(to, packed(facts))) send(facts, last ? TRIES : 0);
      }
    };
    const send = (facts, tries) => {
      const again = () => {
        if (tries < TRIES) setTimeout(() => send(facts, tries + 1), 1e3 * 2 ** tries);
        else console.warn("zoco: no answer", to);
      };
      const body = packed(facts);
      /* A browser keeps no long request alive; the server says what is too long. */
      fetch(to, { method: "POST", body, keepalive: body.length < 2e4, credentials: "omit" }).then((answer) => {
        if (answer.status >= 500 || answer.status === 429) again();
        else if (!answer.ok) answer.text().then((fact) => console.warn("zoco: refused", fact));
      }, again);
    };
    const leave = () => {
      tell();
      measured();
      flush(true);
    };

    /* Engagement: how long the page was in front of somebody, and how far down it was seen of what it
     * became: pages grow while they are read. */
    let engaged = 0, since = 0, deep = 0, tall = 1;
    const look = () => {
      if (since) engaged += now() - since;
      since = seen() && doc.hasFocus() ? now() : 0;
    };
    const scrolled = () => {
      tall = max(doc.documentElement.scrollHeight, 1);
      deep = max(deep, scrollY + innerHeight);
    };
    const tell = () => {
      look();
      const ms = round(engaged);
      if (ms < 100) return;
      add({ type: "engagement", ms, scroll: min(100, round((100 * deep) / tall)) });
      engaged = 0;
    };

    /* Page views, of pages that are loaded and of those that a script puts in their place. The title often
     * comes after the address: it is read when the view goes, or when the page gives way to another. */
    let page = here(), from = doc.referrer, untitled = [];
    const titled = () => {
      for (const fact of untitled) fact.title = doc.title.slice(0, 500);
      untitled = [];
    };
    const view = (status = 0) => {
      untitled.push(add({ type: "view", referrer: from, screen: screen.width, status }));
      deep = 0;
      scrolled();
    };
    const moved = () => {
      if (here() === page) return;
      tell();
      titled();
      from = page;
      page = here();
      view();
    };
    const { pushState, replaceState } = history;
    history.pushState = function (...given) {
      pushState.apply(this, given);
      moved();
    };
    history.replaceState = function (...given) {
      const at = location.pathname;
      replaceState.apply(this, given);
      if (location.pathname === at && !/^#!?\//.test(location.hash)) page = here();
      else moved();
    };
    const on = (names, call, goal = window, how = true) => {
      for (const name of names.split(" ")) goal.addEventListener(name, call, how);
    };

    /* Speed, as web.dev defines it: told once, when a page is hidden for the first time; a page that comes
     * back from the browser's memory is measured anew. */
    const known = window.PerformanceObserver?.supportedEntryTypes || [], taking = [];
    let loaded, figures, first, last, sum, slow, before, back, open, shown;
    const counted = () => performance.interactionCount || 0;
    const watch = (name, take) => {
      if (!known.includes(name)) return;
      const all = (facts) => facts.forEach((fact) => fact.startTime >= back && take(fact));
      const watching = new PerformanceObserver((facts) => all(facts.getEntries()));
      watching.observe({ type: name, buffered: true, durationThreshold: 16 });
      taking.push(() => all(watching.takeRecords()));
    };
    const measure = (at) => {
      loaded = page;
      back = at;
      figures = known.includes("layout-shift") ? { cls: 0 } : {};
      sum = 0;
      slow = {};
      before = counted();
      shown = seen();
      open = true;
    };
    const measured = () => {
      if (!open) return;
      taking.forEach((take) => take());
      open = false;
      const facts = Object.values(slow).sort((one, two) => two - one), { length } = facts;
      if (length) figures.inp = facts[min(length - 1, (max(length, counted() - before) / 50) | 0)];
      if (Object.keys(figures).length) add({ type: "vitals", url: loaded, props: figures });
    };
    const interaction = ({ interactionId: name, duration: size }) => {
      if (open && name) slow[name] = max(slow[name] || 0, size);
    };

    on("popstate hashchange", moved);
    on("scroll", scrolled);
    on("focus blur", look);
    on("visibilitychange", () => (seen() ? look() : leave()), doc);
    on("pagehide", leave);
    on("pageshow", ({ persisted: open, timeStamp: at }) => {
      if (!open) return;
      from = "";
      page = here();
      view();
      look();
      measure(at);
      const facts = figures;
      facts.ttfb = 0;
      if (known.includes("largest-contentful-paint"))
        requestAnimationFrame(() => requestAnimationFrame(() => { facts.lcp = now() - at; }));
    });

    /* Events of the site's own, and what happens in a shop. */
    const zoco = window.zoco = (event, props = {}, { amount, currency, quantity, subject } = {}) => add({
      type: "event", event, props, quantity, subject, currency, amount: amount?.toString(),
    });
    zoco.off = (no = true) => {
      off = no;
      waiting = [];
      try { localStorage.zoco = no ? "off" : ""; } catch {}
    };
    zoco.missing = () => view(404);
    zoco.id = mine;
    zoco.consent = (choice, { purposes, proof } = {}) => {
      const yes = choice === "given";
      if (yes && (off || isPrivate() || !crypto.randomUUID)) return;
      if (yes && !mine()) keep("zoco_id", crypto.randomUUID());
      add({ type: "consent", choice, purposes, proof });
      if (!yes) keep("zoco_id", 0);
    };
    zoco.person = (person) => mine() && add({ type: "person", person });
    const marked = ({ dataset: { zocoEvent, ...given } }) => {
      const facts = {};
      for (const name in given) {
        if (name.startsWith("zocoProp")) facts[name[8].toLowerCase() + name.slice(9)] = given[name];
      }
      zoco(zocoEvent, facts);
    };
    on("submit", ({ target: form }) => {
      const named = (name) => form.getAttribute(name) || "";
      if (form.dataset.zocoEvent) marked(form);
      else zoco("form", { form: named("id") || named("name") });
    });
    on("click auxclick", ({ target: at, button: two }) => {
      if (!at.closest || two > 1) return;
      const one = at.closest("[data-zoco-event]"), link = at.closest("a[href]");
      if (one && one.tagName !== "FORM" && !two) marked(one);
      if (told.links === "off" || !link || !/^http/.test(link.protocol)) return;
      const goal = { target: link.href.split(/[?#]/)[0].slice(0, 1e3) };
      if (FILES.test(link.pathname)) zoco("download", goal);
      else if (link.host !== location.host) zoco("outbound link", goal);
    });

    const { activationStart: start = 0, responseStart: sent, responseStatus: code } =
      performance.getEntriesByType("navigation")[0] || {};
    const after = (at) => max(0, at - start);
    measure(0);
    if (sent) figures.ttfb = after(sent);
    view(told.status | 0 || (code >= 400 ? code : 0));
    look();
    watch("largest-contentful-paint", ({ startTime: at }) => { if (shown && open && !back) figures.lcp = after(at); });
    watch("layout-shift", ({ startTime: at, value: size, hadRecentInput: no }) => {
      if (no || !open) return;
      if (!sum || at - last >= 1e3 || at - first >= 5e3) { first = at; sum = 0; }
      last = at;
      sum += size;
      figures.cls = max(figures.cls, sum);
    });
    watch("event", interaction);
    watch("first-input", interaction);
    new ResizeObserver(scrolled).observe(doc.documentElement);
    for (const given of early) zoco(...given);
  };
  if (doc.prerendering) {
    window.zoco ||= (...given) => { (zoco.q ||= []).push(given); };
    doc.addEventListener("prerenderingchange", run, { once: true });
  } else run();
})(document.currentScript, document);
