// Tells password managers which passkeys the account has, and the name of the account (Web Authentication section
// 5.1.10). They then hide removed passkeys. Browsers without these methods ignore this.
"use strict";

const api = globalThis.PublicKeyCredential;
for (const { dataset } of document.querySelectorAll("[data-signals]")) {
  const { rpId, userId, allAcceptedCredentialIds, name, displayName } = JSON.parse(dataset.signals);
  const signal = (method, facts) => api?.[method]?.({ rpId, userId, ...facts }).catch(() => {});
  signal("signalAllAcceptedCredentials", { allAcceptedCredentialIds });
  signal("signalCurrentUserDetails", { name, displayName });
}
