// A one-time link carries its token after the # sign, which no server and no log ever sees; only this page posts it.
const form = document.getElementById("enter");

function enter() {
  const token = location.hash.slice(1);
  if (!token || !(form instanceof HTMLFormElement)) return;
  history.replaceState(null, "", location.pathname);
  form.elements.token.value = token;
  form.requestSubmit();
}

addEventListener("hashchange", enter);
enter();
