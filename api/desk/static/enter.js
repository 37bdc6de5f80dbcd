// A one-time link carries its token after the # sign, which no server and no log ever sees; only this page posts it.
const token = location.hash.slice(1);
const form = document.getElementById("enter");
if (token && form instanceof HTMLFormElement) {
  history.replaceState(null, "", location.pathname);
  form.elements.token.value = token;
  form.requestSubmit();
}
