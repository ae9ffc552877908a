/* Zoco's sign-up forms on any page.
 *
 *   <div data-zoco-form="news"></div>
 *   <script defer src="https://zoco.example/f/form.js"></script>
 *
 * puts the form "news" there, in the language of the page. A form that stands in the page as plain HTML is made to
 * answer in place. Instead of a captcha the browser does a quarter of a second of work, begun when somebody enters
 * the form; without this script the form works by a second step. Nothing else is loaded, nothing is kept.
 */
((script, doc) => {
  "use strict";
  const root = new URL(".", script?.src || location.href).href;

  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
  const part = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
  const K = Int32Array.from(primes, (p) => part(Math.cbrt(p)));
  const START = Int32Array.from(primes.slice(0, 8), (p) => part(Math.sqrt(p)));
  const W = new Int32Array(64);

  /* One block of SHA-256. crypto.subtle is not there on http, and slow for many short texts. */
  const block = (state, words) => {
    let a = state[0], b = state[1], c = state[2], d = state[3];
    let e = state[4], f = state[5], g = state[6], h = state[7];
    for (let i = 0; i < 64; i++) {
      if (i < 16) W[i] = words[i];
      else {
        const x = W[i - 15], y = W[i - 2];
        const p = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
        const q = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
        W[i] = (W[i - 16] + p + W[i - 7] + q) | 0;
      }
      const r = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (h + r + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const t = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (t + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    return Int32Array.of(state[0] + a, state[1] + b, state[2] + c, state[3] + d,
      state[4] + e, state[5] + f, state[6] + g, state[7] + h);
  };

  const wordsOf = (text, size) => {
    const words = new Int32Array(size);
    for (let i = 0; i < text.length; i++) words[i >> 2] |= text.charCodeAt(i) << (24 - (i % 4) * 8);
    return words;
  };

  /* Return a function that gives the first 32 bits of SHA-256 of an ASCII text that goes on from this one. */
  const hasher = (start) => {
    const whole = start.length & ~63, rest = start.slice(whole);
    let before = START;
    for (let i = 0; i < whole; i += 64) before = block(before, wordsOf(start.slice(i, i + 64), 16));
    return (more) => {
      const text = rest + more, size = ((text.length + 8) >> 6) * 16 + 16;
      const words = wordsOf(text, size);
      words[text.length >> 2] |= 0x80 << (24 - (text.length % 4) * 8);
      words[size - 1] = (whole + text.length) * 8;
      let state = before;
      for (let i = 0; i < size; i += 16) state = block(state, words.subarray(i, i + 16));
      return state[0];
    };
  };

  const solve = async (challenge, bits) => {
    const first32 = hasher(`${challenge}.`);
    for (let work = 0, pause = performance.now() + 15; ; work++) {
      if (first32(String(work)) >>> (32 - bits) === 0) return String(work);
      if (work % 256 === 0 && performance.now() > pause) {
        await new Promise((done) => setTimeout(done));
        pause = performance.now() + 15;
      }
    }
  };

  const say = (form, words) => {
    const place = form.querySelector("[data-zoco-said]");
    if (place) place.textContent = words;
  };

  /* A survey tells once that somebody saw it: a share of answers wants to know of how many. Whoever has no link of a
     letter gets a ticket first, which no page has that a cache keeps. */
  const tell = (form) => new IntersectionObserver((seen, watching) => {
    if (!seen.some((each) => each.isIntersecting)) return;
    watching.disconnect();
    const body = new URLSearchParams();
    for (const name of ["t", "language", "way"]) if (form.elements[name]) body.set(name, form.elements[name].value);
    const who = globalThis.zoco?.id?.();
    if (who) body.set("visitor", who);
    told(`${form.action}/shown`, body).catch(() => {});
  }).observe(form);

  const told = async (url, body) => {
    if (!body.has("t")) {
      const answer = await fetch(url, { method: "POST", body });
      if (answer.status !== 200) return;
      body.set("ticket", (await answer.json()).ticket);
    }
    navigator.sendBeacon(url, body);
  };

  const enhance = (form) => {
    if (form.dataset.zocoReady) return;
    form.dataset.zocoReady = "yes";
    if ("zocoShown" in form.dataset) tell(form);
    let proof;
    const prepare = () => (proof ??= fetch(`${form.action}/challenge`)
      .then((answer) => answer.json())
      .then(async ({ challenge, bits }) => ({ challenge, work: await solve(challenge, bits) })));
    form.addEventListener("focusin", () => prepare().catch(() => { proof = undefined; }));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector("[type=submit]");
      button.disabled = true;
      for (const each of form.querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
      try {
        const body = new URLSearchParams(new FormData(form));
        for (const [name, value] of Object.entries(await prepare())) body.set(name, value);
        body.set("page", location.origin + location.pathname);
        const who = globalThis.zoco?.id?.();
        if (who) body.set("visitor", who);
        const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
        const said = await answer.json();
        if (said.state === "wrong" || said.state === "later") {
          if (said.is_stale) proof = undefined;
          for (const name of Object.keys(said.errors || {})) form.elements[name]?.setAttribute?.("aria-invalid", "true");
          say(form, [said.words, ...Object.values(said.errors || {})].filter(Boolean).join(" "));
        } else if (said.onward) location.assign(said.onward);
        else {
          const place = doc.createElement("p");
          place.setAttribute("role", "status");
          place.tabIndex = -1;
          place.textContent = said.words;
          form.replaceWith(place);
          place.focus();
        }
      } catch {
        HTMLFormElement.prototype.submit.call(form);
      } finally {
        button.disabled = false;
      }
    });
  };

  const begin = async () => {
    for (const place of doc.querySelectorAll("[data-zoco-form]:not(form):empty")) {
      const language = encodeURIComponent(doc.documentElement.lang || navigator.language);
      try {
        const answer = await fetch(`${root}${encodeURIComponent(place.dataset.zocoForm)}/fields?language=${language}`);
        if (answer.ok) place.innerHTML = await answer.text();
      } catch (wrong) {
        console.warn("Zoco: the form could not be loaded; is this page's host name one of the site's?", wrong);
        const onward = doc.createElement("a");
        onward.href = onward.textContent = root + encodeURIComponent(place.dataset.zocoForm);
        place.append(onward);
      }
    }
    doc.querySelectorAll("form[data-zoco-signup]").forEach(enhance);
  };
  if (doc.readyState === "loading") doc.addEventListener("DOMContentLoaded", begin);
  else begin();
})(document.currentScript, document);
