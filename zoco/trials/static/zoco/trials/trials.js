/* Trials on pages. Stores nothing: who sees what is worked out from the number under which the collector
 * counts this browser, so that it stays the same.
 *
 *   <script src="/trials.js" data-wait="400"></script>      in the head, before what is tried
 *   <div data-zoco-trial="headline">
 *     What the control sees, and whoever has no scripts
 *     <template data-zoco-variant="b">What arm b sees</template>
 *   </div>
 *   zocoTrials.variant("headline").then((arm) => …)         for a script's own doing; counts as seen
 *   zocoTrials.flags                                        all arms, as a promise
 *
 * What is tried stays unseen until its arm is there, at most data-wait milliseconds; then the control is shown
 * and this view does not count. That an arm was seen is a fact (trials.arm.shown) that the tracker sends, once
 * a page, when it came into view. Pages made by Zoco's own blocks come with their arm: data-zoco-shown.
 */
((script, doc) => {
  "use strict";
  const { wait = 400, to } = script?.dataset || {};
  const where = to || new URL("/ofrep/v1/evaluate/flags", script?.src || location.href).href;
  const tell = (...given) => (window.zoco || (window.zoco = Object.assign((...each) => window.zoco.q.push(each), { q: [] })))(...given);
  const id = () => doc.cookie.match(/(?:^|; )zoco_id=([^;]+)/)?.[1];
  const isPrivate = navigator.globalPrivacyControl || navigator.doNotTrack == 1;

  const told = new Set();
  const seen = (trial, arm) => {
    if (told.has(trial)) return;
    told.add(trial);
    tell("trials.arm.shown", { arm }, { subject: trial });
  };
  const watching = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target: { dataset } } of entries)
      if (isIntersecting) seen(dataset.zocoTrial, dataset.zocoShown);
  });

  /* One question a page, and only if something asks. */
  let asking;
  const ask = () => (asking ||= Promise.race([
    fetch(where, {
      method: "POST",
      headers: { "content-type": "application/json" },
      credentials: "omit",
      body: JSON.stringify({ context: { targetingKey: (!isPrivate && id()) || "" } }),
    }).then((answer) => (answer.ok ? answer.json() : { flags: [] })),
    new Promise((done) => setTimeout(done, +wait, { flags: [] })),
  ]).catch(() => ({ flags: [] })).then(({ flags }) => new Map(flags.map((flag) => [flag.key, flag]))));

  const sheet = new CSSStyleSheet();
  sheet.replaceSync("[data-zoco-trial]:not([data-zoco-shown]){visibility:hidden}");
  doc.adoptedStyleSheets = [...doc.adoptedStyleSheets, sheet];

  const show = (place, flag) => {
    const named = (each) => each.dataset.zocoVariant === flag?.variant;
    const found = [...place.querySelectorAll(":scope > template[data-zoco-variant]")].find(named);
    if (found) place.replaceChildren(found.content.cloneNode(true));
    place.dataset.zocoShown = flag?.variant || "";
    /* A variant that is not on the page is not what was shown. */
    if (flag?.metadata.counts && (found || flag.metadata.control)) watching.observe(place);
  };
  const begun = new WeakSet();
  const look = () => {
    for (const place of doc.querySelectorAll("[data-zoco-trial]")) {
      if (begun.has(place)) continue;
      begun.add(place);
      if (place.dataset.zocoShown === undefined) {
        /* Its last variant may still be on the way. */
        Promise.race([
          Promise.all([ask(), ready]).then(([flags]) => flags),
          new Promise((done) => setTimeout(done, +wait, new Map())),
        ]).then((flags) => show(place, flags.get(place.dataset.zocoTrial)));
      } else if ("zocoCounts" in place.dataset) watching.observe(place);
    }
  };
  const ready = new Promise((done) => {
    if (doc.readyState !== "loading") done();
    else doc.addEventListener("DOMContentLoaded", done, { once: true });
  });
  new MutationObserver(look).observe(doc, { childList: true, subtree: true });
  look();

  window.zocoTrials = {
    get flags() { return ask(); },
    variant: (trial) => ask().then((flags) => {
      const flag = flags.get(trial);
      if (flag?.metadata.counts) seen(trial, flag.variant);
      return flag?.variant;
    }),
  };
})(document.currentScript, document);
