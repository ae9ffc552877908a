/* What the scripts of a page share: finding elements, and fetching a piece of a page. A script before the others,
   not a module that they import: names of files carry a digest, and only templates know it. */
const zDom = (() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);

  /** The text at an address of ours; throws for everything else, a page to log in too. */
  const fetched = async (url) => {
    const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status)); // redirected: logged out
    return answer.text();
  };

  return Object.freeze({ all, one, fetched });
})();
