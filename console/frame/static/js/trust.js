"use strict";
/* Only htmx may turn text into elements: the policy of the page refuses everybody else. */
(() => {
  const policy = window.trustedTypes
    ? window.trustedTypes.createPolicy("htmx", { createHTML: (text) => text })
    : { createHTML: (text) => text };
  htmx.registerExtension("trust", {
    init: (api) => api.initSecurity({ createHTML: policy.createHTML.bind(policy), createScript: () => { throw new Error("no scripts in parts"); } }),
  });
})();
