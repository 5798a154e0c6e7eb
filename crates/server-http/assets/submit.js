// Sends the form of the page. The button does the same where no script runs.
document.querySelector("form[data-submit]").submit();
