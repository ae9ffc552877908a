// After each button the page is drawn anew: the rule that is being written gets the focus, where it is wrong first.
const asked =
  document.querySelector("#z-rule .z-field:has(.error-message) :is(select, input, textarea)") ??
  document.querySelector("#z-rule select, #z-rule input:not([type=hidden])");
if (asked) asked.focus();
