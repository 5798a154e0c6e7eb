// Submits the form. Without JavaScript, the user selects the button instead.
document.querySelector("form[data-submit]").submit();
