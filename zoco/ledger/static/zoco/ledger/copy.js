/* Copies what stands in a field. Without a script the field is there to be copied by hand. */
(() => {
  "use strict";
  const told = document.querySelector("[data-z-told]");
  for (const button of document.querySelectorAll("[data-z-copies]")) {
    const field = document.getElementById(button.dataset.zCopies);
    field.addEventListener("focus", () => field.select());
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(field.value);
      told.textContent = button.dataset.copied;
      button.textContent = button.dataset.copied;
    });
  }
})();
