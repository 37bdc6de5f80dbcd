// The sheet of a case: a ready sentence goes into the answer, the wording field shows when it is needed, one click sends once.
const text = document.getElementById("reply-text");
const language = document.getElementById("reply-language");
const wording = document.getElementById("wording");

function fit() {
  if (wording && language) wording.hidden = language.value.split("-")[0] === wording.dataset.worker;
}

document.querySelectorAll("input[name=ready]").forEach((choice) => {
  choice.addEventListener("change", () => {
    if (!text || !choice.dataset.text) return;
    text.value = choice.dataset.text;
    if (language) language.value = choice.dataset.language;
    fit();
    text.focus();
  });
});

language?.addEventListener("change", fit);
fit();

document.querySelectorAll("form[data-once]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
});

// What was just done is said once: a page that is loaded again later must not say it still.
if (new URLSearchParams(location.search).has("done")) history.replaceState(null, "", location.pathname + location.hash);
