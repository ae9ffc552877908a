/* Wagtail's editor of rich text has no name for a screen reader: it gets that of the panel it stands in. */
(() => {
  "use strict";
  const name = () => {
    const nameless = "[role=textbox][contenteditable=true]:not([aria-label]):not([aria-labelledby])";
    for (const editor of document.querySelectorAll(nameless)) {
      const panel = editor.closest("[data-panel][aria-labelledby]");
      if (panel) editor.setAttribute("aria-labelledby", panel.getAttribute("aria-labelledby"));
    }
  };
  new MutationObserver(name).observe(document.documentElement, { childList: true, subtree: true });
  name();
})();
