/* Looks again at work in the background: what is marked data-z-again, and has an id, is put in place anew
   until it comes without the mark. Without this the page is loaded again by hand. */
(() => {
  "use strict";
  const PAUSE = 1500;
  const marked = () => document.querySelector("[data-z-again]");

  async function again() {
    const box = marked();
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById(box.id);
      if (answer.ok && found) {
        box.replaceWith(found);
        document.dispatchEvent(new Event("z:body"));
      }
    } catch {
      /* The server is away, or begins anew; it is asked again. */
    }
    if (marked()) setTimeout(again, PAUSE);
  }

  if (marked()) setTimeout(again, PAUSE);
})();
