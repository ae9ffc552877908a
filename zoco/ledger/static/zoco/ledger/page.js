/* What a page of reports does beyond links and forms: the drawer, panels that load by themselves,
   keys, and menus that close. Everything here only shortens what works without it. */
(() => {
  "use strict";
  const { all, one, fetched } = zDom;

  /* The drawer opens in place and gives focus back when it closes. */
  function drawer() {
    const panel = document.getElementById("z-drawer");
    const opener = one("[data-z-drawer]");
    if (!panel || !opener) return;
    const set = (open) => {
      panel.hidden = !open;
      one("[data-z-split]").classList.toggle("open", open);
      opener.setAttribute("aria-expanded", String(open));
      dispatchEvent(new Event("resize"));
      (open ? panel : opener).focus();
    };
    opener.addEventListener("click", (event) => { event.preventDefault(); set(panel.hidden); });
    one("[data-z-close]", panel).addEventListener("click", (event) => { event.preventDefault(); set(false); });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !panel.hidden && !one("details.z-pop[open]")) set(false);
    });
    const said = one("[data-z-said]", panel);
    for (const button of all("[data-z-copy]", panel)) {
      if (!navigator.clipboard) continue;
      button.hidden = false;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(document.getElementById(button.dataset.zCopy).textContent);
        said.textContent = "";
        said.textContent = said.dataset.copied;
        const words = button.textContent;
        button.textContent = said.dataset.copied;
        setTimeout(() => { button.textContent = words; }, 1500);
      });
    }
  }

  /* Panels load one after the other, so that the ledger answers the first ones first. */
  async function panels() {
    const skeleton = document.getElementById("z-skeleton");
    const holders = all("[data-z-panel]");
    for (const holder of holders) {
      holder.setAttribute("aria-busy", "true");
      holder.prepend(skeleton.content.cloneNode(true));
    }
    for (const holder of holders) if (holder.hasAttribute("aria-busy")) await fill(holder);
  }

  /* Another tab may be opened while one loads: the last one opened is shown. */
  async function fill(holder) {
    const url = holder.dataset.zPanel;
    let text = "";
    try {
      text = await fetched(url);
    } catch {
      const words = document.createElement("p");
      words.className = "meta";
      words.textContent = holder.dataset.failed;
      text = words.outerHTML;
    }
    if (holder.dataset.zPanel !== url) return;
    holder.innerHTML = text;
    holder.removeAttribute("aria-busy");
  }

  /* Tabs of a panel open in place; the address follows, so that it can be shared and reloaded. */
  function tabs() {
    for (const list of all(".z-tabs")) {
      const each = all("[role=tab]", list);
      const show = (tab) => {
        const holder = document.getElementById(tab.getAttribute("aria-controls"));
        for (const other of each) {
          other.setAttribute("aria-selected", String(other === tab));
          other.tabIndex = other === tab ? 0 : -1;
        }
        holder.setAttribute("aria-labelledby", tab.id);
        holder.dataset.zPanel = tab.dataset.panel;
        holder.setAttribute("aria-busy", "true");
        const open = all(".z-tabs").map((one) => all("[role=tab]", one)
          .findIndex((other) => other.getAttribute("aria-selected") === "true"));
        const keys = all(".z-tabs").flatMap((one, at) => open[at] > 0 ? [all("[role=tab]", one)[open[at]].id.slice(6)] : []);
        const address = new URL(location.href);
        address.searchParams.delete("tabs");
        const rest = address.searchParams.size ? `${address.search}&` : "?";
        history.replaceState(history.state, "", keys.length ? `${rest}tabs=${keys.join(",")}` : address.pathname + address.search);
        fill(holder);
      };
      for (const tab of each) if (tab.getAttribute("aria-selected") !== "true") tab.tabIndex = -1;
      list.addEventListener("click", (event) => {
        const tab = event.target.closest("[role=tab]");
        if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        show(tab);
      });
      list.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        const to = { Home: 0, End: each.length - 1 }[event.key] ?? (step && (each.indexOf(event.target) + step + each.length) % each.length);
        if (to === undefined || !each.includes(event.target)) return;
        event.preventDefault();
        each[to].focus();
        show(each[to]);
      });
    }
  }

  /* Links that stay on the page were written before tabs were opened: they take them along. */
  function kept() {
    document.addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="?"]');
      if (!link || link.closest(".z-tabs") || !one(".z-tabs")) return;
      const tabs = new URL(location.href).searchParams.get("tabs");
      const to = new URL(link.href);
      if (tabs) to.searchParams.set("tabs", tabs);
      else to.searchParams.delete("tabs");
      link.href = to.search || "?";
    }, true);
  }

  /* How many are here now: told by the live stream, or asked every ten seconds while somebody looks.
     The stream knows no filters. */
  function people() {
    const said = one("[data-z-now]");
    if (!said) return;
    const place = one("[data-z-live]");
    const isFiltered = [...new URL(said.dataset.zNow, location.href).searchParams.keys()].some((key) => key.startsWith("f."));
    const language = document.documentElement.lang.toLowerCase();
    let isLive = false;
    said.setAttribute("aria-live", "polite");
    const show = (text) => {
      if (said.textContent !== text) said.textContent = text;
      said.hidden = false;
    };
    const ask = async () => {
      if (document.hidden || isLive) return;
      try {
        show(await fetched(said.dataset.zNow));
      } catch {
        said.hidden = true;
      }
    };
    document.addEventListener("visibilitychange", ask);
    setInterval(ask, 10000);
    if (!place || isFiltered) return ask();
    document.addEventListener("z:live", (event) => { isLive = event.detail; ask(); });
    document.addEventListener("z:news", (event) => {
      const texts = event.detail.people[place.dataset.zSite];
      if (texts) show(texts[language] ?? texts[language.split("-")[0]] ?? Object.values(texts)[0]);
    });
    setTimeout(ask, 1500); // by then the stream has said it
  }

  /* The form of filters offers values that occur, as somebody writes; what does not come is not missed. */
  function values() {
    const input = one("[data-z-values]");
    if (!input) return;
    const column = document.getElementById("z-column");
    let asked = "";
    let timer = 0;
    const ask = async () => {
      const url = new URL(input.dataset.zValues, location.href);
      url.searchParams.set("of", column.value);
      url.searchParams.set("with", input.value);
      if (asked === url.href) return;
      asked = url.href;
      try {
        const options = await fetched(url.href);
        if (asked === url.href) input.list.innerHTML = options;
      } catch {
        asked = "";
      }
    };
    const soon = () => { clearTimeout(timer); timer = setTimeout(ask, 250); };
    input.addEventListener("focus", soon);
    input.addEventListener("input", soon);
    column.addEventListener("change", soon);
  }

  /* Menus: one open at a time, Escape and a click elsewhere close. */
  function menus() {
    document.addEventListener("click", (event) => {
      for (const menu of all("details.z-pop[open]")) if (!menu.contains(event.target)) menu.open = false;
    });
    document.addEventListener("keydown", (event) => {
      const menu = one("details.z-pop[open]");
      if (event.key !== "Escape" || !menu) return;
      menu.open = false;
      one("summary", menu).focus();
    });
  }

  const follow = (link) => { if (link) location.assign(link.href); };
  const next = (group) => {
    const links = all(`[data-z-group="${group}"] a`);
    const at = links.findIndex((link) => link.hasAttribute("aria-current"));
    follow(links[(at + 1) % links.length]);
  };
  const open = (selector, field) => {
    const menu = one(selector);
    if (!menu) return;
    menu.open = true;
    one(field, menu)?.focus();
  };
  const period = (word) => follow(one(`[data-z-period] [data-z-preset="${word}"]`));
  const KEYS = {
    f: () => open("[data-z-filter]", "select"),
    c: () => next("compare"),
    b: () => next("verdicts"),
    d: () => period("today"),
    e: () => period("yesterday"),
    w: () => period("7d"),
    t: () => period("30d"),
    m: () => period("month"),
    p: () => period("lastmonth"),
    y: () => period("year"),
    l: () => period("12mo"),
    a: () => period("all"),
    "?": () => document.getElementById("z-keys")?.showModal(),
  };

  /* An account in Wagtail's admin may turn single keys off. */
  function areOn() {
    const config = document.getElementById("wagtail-config");
    return !config || JSON.parse(config.textContent).KEYBOARD_SHORTCUTS_ENABLED !== false;
  }

  /* Heard before Wagtail hears them: "?" would open its list as well. */
  function keys() {
    const on = areOn();
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest("input, select, textarea, dialog, [contenteditable]")) return;
      if (event.target.closest("[data-z-period]") && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
        event.preventDefault();
        follow(one(event.key === "ArrowLeft" ? "[data-z-before]" : "[data-z-after]"));
        return;
      }
      const act = on && KEYS[event.key];
      if (!act) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      act();
    }, true);
  }

  document.addEventListener("z:body", () => { tabs(); panels(); });
  drawer();
  menus();
  keys();
  tabs();
  kept();
  values();
  people();
  panels();
})();
