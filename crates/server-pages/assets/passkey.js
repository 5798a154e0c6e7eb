// Passes the options of a form to the Web Authentication API and submits the result in the field "credential".
"use strict";

// Key of the last used passkey in the storage of the tab.
const LAST = "countersign-passkey";
const api = globalThis.PublicKeyCredential;

const bytes = (text) => {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
};

const text = (buffer) => {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

const described = (credentials) =>
  (credentials || []).map((credential) => ({ ...credential, id: bytes(credential.id) }));

const options = (form) => {
  const parsed = JSON.parse(form.dataset.options);
  const given = parsed.publicKey || parsed;
  const read = { ...given, challenge: bytes(given.challenge) };
  if (form.dataset.passkey === "create") {
    read.user = { ...given.user, id: bytes(given.user.id) };
    read.excludeCredentials = described(given.excludeCredentials);
  } else {
    read.allowCredentials = described(given.allowCredentials);
  }
  return { publicKey: read };
};

const answer = (credential) => {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) {
      response[name] = text(credential.response[name]);
    }
  }
  if (credential.response.getTransports) {
    response.transports = credential.response.getTransports();
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
};

const submit = (form, credential) => {
  sessionStorage.setItem(LAST, credential.id);
  form.elements.credential.value = answer(credential);
  form.submit();
};

// A ceremony that the user starts with the button.
const ceremony = async (form) => {
  const failed = document.getElementById("failed");
  failed.hidden = true;
  try {
    submit(form, await navigator.credentials[form.dataset.passkey](options(form)));
  } catch {
    failed.hidden = false;
  }
};

// Offers to create a passkey instead of the password that the form asks for.
const instead = (form) => {
  const button = form.querySelector("[data-create]");
  const password = form.elements.new_password;
  button.hidden = false;
  button.addEventListener("click", async () => {
    // A disabled field is neither required nor submitted.
    password.disabled = true;
    if (form.reportValidity()) await ceremony(form);
    password.disabled = false;
  });
};

// Offers passkeys in the email field, if the browser can. It waits until the user picks one or leaves the page.
const autofill = async (form) => {
  try {
    if (await api.isConditionalMediationAvailable()) {
      submit(form, await navigator.credentials.get({ ...options(form), mediation: "conditional" }));
    }
  } catch {
    // The user signs in another way.
  }
};

// Reports with the password that the device can create passkeys.
const report = async (field) => {
  if (await api.isUserVerifyingPlatformAuthenticatorAvailable()) {
    field.value = "yes";
  }
};

// Tells the password manager that the last used passkey no longer exists (section 5.1.10).
const forget = (form) => {
  const { rpId } = options(form).publicKey;
  const credentialId = sessionStorage.getItem(LAST);
  if (credentialId && api.signalUnknownCredential) {
    api.signalUnknownCredential({ rpId, credentialId }).catch(() => {});
  }
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if ("instead" in form.dataset) {
    if (api) instead(form);
  } else if (!api) {
    for (const shown of document.querySelectorAll("#unsupported")) shown.hidden = false;
    form.hidden = true;
  } else if ("autofill" in form.dataset) {
    autofill(form);
  } else {
    if ("unknown" in form.dataset) forget(form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ceremony(form);
    });
  }
}
if (api) document.querySelectorAll("[data-can-create]").forEach(report);
