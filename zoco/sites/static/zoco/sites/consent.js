/* Zoco's consent banner: asks once, keeps the answer for 180 days, can be called again.
 *
 *   <script defer src="/z.js"></script>
 *   <script defer src="/consent.js"></script>
 *   <button type="button" data-zoco-consent>Privacy choices</button>   calls the banner again
 *   <output data-zoco-id></output>                                     shows the visitor's own id
 *
 * A choice goes to zoco.consent() with the words that were shown, their version and their language. Where the
 * browser says Global Privacy Control or Do Not Track, nobody is asked and nothing is kept.
 *
 *   <script defer src="/consent.js" data-person="TOKEN"></script>      who is logged in, signed by the server
 *
 * A token in a link (?zt=TOKEN) is told when somebody accepts, and taken out of the address at once: whoever
 * gets a copy of it is somebody else.
 */
((script, doc) => {
  "use strict";
  const KEPT = 180 * 86_400;
  const from = new URL(script?.src || location.href);
  const asksPrivacy = navigator.globalPrivacyControl === true || navigator.doNotTrack === "1";
  const chosen = () => doc.cookie.match(/(?:^|; )zoco_consent=(given|declined)/)?.[1];
  const keep = (choice) => {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    doc.cookie = `zoco_consent=${choice}; Path=/; Max-Age=${KEPT}; SameSite=Lax${secure}`;
  };
  const CSS = `
.zoco-consent { position: fixed; inset: auto 0 0 0; z-index: 2147483000; max-height: 90vh; overflow: auto;
  box-sizing: border-box; padding: 1rem 1.25rem; background: #fff; color: #1b1b1b;
  border-top: 2px solid #1b1b1b; font: 1rem/1.5 system-ui, sans-serif; text-align: start; }
.zoco-consent > div { max-width: 60rem; margin: 0 auto; }
.zoco-consent h2 { margin: 0 0 .25rem; font-size: 1.125rem; line-height: 1.3; color: inherit; }
.zoco-consent p { margin: 0 0 .75rem; color: inherit; }
.zoco-consent a { color: #0b4fb3; text-decoration: underline; }
.zoco-consent-ways { display: flex; flex-wrap: wrap; gap: .75rem; }
.zoco-consent button { flex: 0 1 12rem; min-height: 44px; padding: .5rem 1rem; font: inherit; font-weight: 600;
  color: #fff; background: #1b1b1b; border: 2px solid #1b1b1b; border-radius: 4px; cursor: pointer; }
.zoco-consent :focus-visible { outline: 3px solid #0b4fb3; outline-offset: 2px; }`;

  let words, banner, opener;
  const persons = [script?.dataset.person];
  const tellPerson = () => persons.filter(Boolean).forEach((token) => window.zoco?.person?.(token));
  /* After the tracker, which has told the whole address. */
  const clean = () => {
    const page = new URL(location.href), token = page.searchParams.get("zt");
    if (!token) return;
    persons.push(token);
    page.searchParams.delete("zt");
    history.replaceState(history.state, "", page);
  };

  const made = (name, text = "", given = {}) => Object.assign(doc.createElement(name), { textContent: text }, given);

  const styled = () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    doc.adoptedStyleSheets = [...doc.adoptedStyleSheets, sheet];
  };

  const close = () => {
    banner?.remove();
    banner = undefined;
    opener?.focus();
    opener = undefined;
  };

  const choose = (choice) => {
    const { text, version, language } = words;
    window.zoco?.consent?.(choice === "given" ? "given" : "withdrawn", {
      purposes: ["statistics"], proof: { text, version, language },
    });
    keep(choice);
    close();
    tellId();
    if (choice === "given") tellPerson();
  };

  const open = (again) => {
    if (banner) {
      if (again) banner.focus();
      return;
    }
    banner = made("section", "", { className: "zoco-consent", lang: words.language, tabIndex: -1 });
    banner.setAttribute("role", "dialog");
    banner.setAttribute("aria-labelledby", "zoco-consent-title");
    banner.setAttribute("aria-describedby", "zoco-consent-text");
    const inner = made("div"), ways = made("div", "", { className: "zoco-consent-ways" });
    const told = { given: words.given, declined: words.declined }[chosen()];
    inner.append(made("h2", words.title, { id: "zoco-consent-title" }));
    inner.append(made("p", words.text, { id: "zoco-consent-text" }));
    if (told) inner.append(made("p", told));
    if (words.link) {
      const line = made("p");
      line.append(made("a", words.link_text, { href: words.link }));
      inner.append(line);
    }
    for (const [choice, text] of [["given", words.accept], ["declined", words.decline]]) {
      const button = made("button", text, { type: "button" });
      button.addEventListener("click", () => choose(choice));
      ways.append(button);
    }
    inner.append(ways);
    banner.append(inner);
    banner.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && chosen()) close();
    });
    /* First in the order of the keyboard, and read first; the page behind it stays usable. */
    doc.body.prepend(banner);
    if (again) banner.focus();
  };

  const tellId = () => {
    for (const place of doc.querySelectorAll("[data-zoco-id]")) {
      place.textContent = window.zoco?.id?.() || words?.nobody || "–";
    }
  };

  const learn = async () => {
    if (words) return;
    const asked = new URL("consent.json", from);
    asked.searchParams.set("host", location.hostname);
    asked.searchParams.set("language", doc.documentElement.lang || navigator.language);
    const answer = await fetch(asked, { credentials: "omit" });
    words = answer.ok ? await answer.json() : { ask: false };
    if (words.ask) styled();
  };

  const start = async () => {
    tellId();
    tellPerson();
    clean();
    doc.addEventListener("click", async (event) => {
      const asked = event.target.closest?.("[data-zoco-consent]");
      if (!asked || asksPrivacy) return;
      await learn();
      if (!words.ask) return;
      opener = asked;
      open(true);
    });
    if (asksPrivacy || chosen()) return;
    await learn();
    if (words.ask) open(false);
  };
  const begin = () => start().catch((error) => console.warn("zoco: no banner", error.message));
  /* The tracker, too, begins when somebody sees the page. */
  if (doc.prerendering) doc.addEventListener("prerenderingchange", begin, { once: true });
  else begin();
})(document.currentScript, document);
