// Says politely that something new came, and changes nothing on the page by itself. Also: the keys that the help page names.
const known = document.body.dataset.pulse;
const news = document.getElementById("news");
let told = false;

async function look() {
  if (told || document.hidden || !known || !news) return;
  const answer = await fetch("/desk/pulse", { headers: { Accept: "application/json" }, redirect: "manual" });
  if (answer.type === "opaqueredirect") return tell(news.dataset.out, news.dataset.in);
  if (!answer.ok) return;
  const { pulse } = await answer.json();
  if (pulse !== known) tell(news.dataset.new, news.dataset.refresh);
}

function tell(words, onward) {
  told = true;
  const link = document.createElement("a");
  link.href = location.pathname + location.search;
  link.textContent = onward;
  news.append(words, " ", link);
}

setInterval(() => look().catch(() => undefined), 10_000);
document.addEventListener("visibilitychange", () => look().catch(() => undefined));

const goTo = {
  "/": () => document.getElementById("search"),
  r: () => document.getElementById("reply-text"),
  n: () => document.querySelector("#form-note textarea"),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "q") location.assign("/desk/queue");
  const target = goTo[event.key]?.();
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.scrollIntoView({ block: "center" });
});

const filters = document.querySelector(".filter-more[data-fold=yes]");
if (filters && matchMedia("(max-width: 40rem)").matches) filters.open = false;
