/* One live stream a browser: of all tabs that somebody looks at one holds it and tells the others, for browsers
   open only six connections a host. Hidden tabs hold and hear nothing. Without Web Locks (plain http elsewhere
   than on this machine) each tab that is seen holds its own. Says "z:live" (is there a stream?) and "z:news". */
(() => {
  "use strict";
  const place = document.querySelector("[data-z-live]");
  if (!place || !window.EventSource) return;
  const AGAIN = 60000;
  const site = place.dataset.zSite;
  const own = `${Math.random()}`;
  const isShared = Boolean(navigator.locks && window.BroadcastChannel);
  const say = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  let channel = null; // open while the tab is seen
  let leave = null; // lets the stream go, or the wait for it
  let held = null; // what the tab that holds the stream knows

  const tell = (message) => {
    heard(message);
    if (isShared) channel?.postMessage(message);
  };
  const heard = ({ live, news }) => {
    if (live !== undefined) say("z:live", live);
    if (news) say("z:news", news);
  };

  /* Hold the stream until `close`, for the sites of all tabs. */
  function hold() {
    const stream = { sites: new Map([[own, site]]), facts: {}, people: {}, live: false, asked: "" };
    let source = null;
    let timer = 0;
    const wanted = () => [...new Set(stream.sites.values())].sort().map((slug) => `site=${encodeURIComponent(slug)}`).join("&");
    const state = (live) => { stream.live = live; tell({ live }); };
    const open = () => {
      clearTimeout(timer);
      source?.close();
      stream.asked = wanted();
      source = new EventSource(`${place.dataset.zLive}?${stream.asked}`);
      source.onopen = () => state(true);
      source.onmessage = (event) => {
        const news = JSON.parse(event.data);
        Object.assign(stream.facts, news.facts);
        Object.assign(stream.people, news.people);
        tell({ news });
      };
      source.onerror = () => {
        state(false);
        if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN);
      };
      source.addEventListener("end", () => { source.close(); state(false); });
    };
    stream.changed = () => {
      if (wanted() === stream.asked) return;
      clearTimeout(timer);
      timer = setTimeout(open, 200);
    };
    stream.close = () => { clearTimeout(timer); source?.close(); held = null; };
    held = stream;
    open();
    channel?.postMessage({ who: true });
  }

  function received({ data }) {
    if (data.who) channel.postMessage({ want: site, from: own });
    if (held && data.from) {
      if (data.want) held.sites.set(data.from, data.want);
      else held.sites.delete(data.from);
      held.changed();
      if (data.want) channel.postMessage({ live: held.live, news: { facts: held.facts, people: held.people } });
    }
    if (!held) heard(data);
  }

  function seen() {
    if (leave) return;
    if (!isShared) {
      hold();
      leave = () => held.close();
      return;
    }
    channel = new BroadcastChannel("zoco-live");
    channel.onmessage = received;
    channel.postMessage({ want: site, from: own });
    const waiting = new AbortController();
    leave = () => waiting.abort();
    navigator.locks.request("zoco-live", { signal: waiting.signal }, () => new Promise((done) => {
      if (waiting.signal.aborted) return done();
      hold();
      leave = () => { held.close(); done(); };
    })).catch(() => {}); // hidden before its turn came
  }

  function hidden() {
    leave?.();
    leave = null;
    channel?.postMessage({ from: own });
    channel?.close();
    channel = null;
  }

  const look = () => (document.hidden ? hidden() : seen());
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", hidden);
  addEventListener("pageshow", look);
  look();
})();
