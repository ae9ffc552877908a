/* Shows of a form what the kind chosen in it asks for, and whatever holds an error. Without this all fields are there. */
(() => {
  "use strict";
  const watch = (kind) => {
    const fields = [...(kind.closest("fieldset") || kind.form).querySelectorAll("[data-z-kinds]")];
    if (!fields.length) return;
    const show = () => {
      for (const field of fields) {
        const place = field.closest(".z-field, .w-panel, [data-field-wrapper], .w-field__wrapper, li");
        const isWrong = field.getAttribute("aria-invalid") === "true";
        if (place) place.hidden = !isWrong && !field.dataset.zKinds.split(" ").includes(kind.value);
      }
    };
    kind.addEventListener("change", show);
    show();
  };
  const begin = () => document.querySelectorAll("form select[name=kind], fieldset select[name$='-kind']").forEach(watch);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
  document.addEventListener("z:body", begin);
})();
