/* Shows of a goal's form what its kind asks for. Without this all fields are there. */
(() => {
  "use strict";
  const begin = () => {
    const kind = document.querySelector("select[name=kind]");
    const fields = [...document.querySelectorAll("[data-z-kinds]")];
    if (!kind || !fields.length) return;
    const show = () => {
      for (const field of fields) {
        const place = field.closest(".w-panel, [data-field-wrapper], .w-field__wrapper, li");
        if (place) place.hidden = !field.dataset.zKinds.split(" ").includes(kind.value);
      }
    };
    kind.addEventListener("change", show);
    show();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
