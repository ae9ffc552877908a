/* The preview of a form that is being made follows what is typed; without this script a button shows it. */
(() => {
  "use strict";
  const making = document.querySelector("[data-z-making]");
  const button = making?.querySelector("[data-z-preview]");
  if (!button) return;
  let waits;
  const show = () => {
    clearTimeout(waits);
    waits = setTimeout(() => making.requestSubmit(button), 400);
  };
  making.addEventListener("input", show);
  making.addEventListener("change", show);
  show();
})();
