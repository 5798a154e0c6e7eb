// Passes the form's options to the Web Authentication API and submits the result in the field "credential".
"use strict";

const form = document.querySelector("form[data-passkey]");

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

const options = () => {
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

const ceremony = async () => {
  const failed = document.getElementById("failed");
  failed.hidden = true;
  try {
    const credential = await navigator.credentials[form.dataset.passkey](options());
    form.elements.credential.value = answer(credential);
    form.submit();
  } catch {
    failed.hidden = false;
  }
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ceremony();
});
