// A phone in the browser. Which phone it is stands after the # sign and travels only in the bodies of posts.
const texts = document.getElementById("phone").dataset;
const names = JSON.parse(texts.channels);
const list = document.getElementById("bubbles");
const choices = document.getElementById("choices");
const words = document.getElementById("words");
let last = 0;
let busy = false;

function randomToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

function whichPhone() {
  const parts = location.hash.slice(1).split("/").map(decodeURIComponent);
  if (parts[0] !== "new") return { channel: parts[0], token: parts[1], payload: "" };
  const token = randomToken();
  history.replaceState(null, "", `#${parts[1]}/${token}`);
  return { channel: parts[1], token, payload: `${parts[2]}-${parts[3]}` };
}

const phone = whichPhone();

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ channel: phone.channel, token: phone.token, ...body }),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function offer(options) {
  choices.replaceChildren(
    ...options.map((option) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "choice";
      button.dir = "auto";
      button.textContent = option.title;
      button.addEventListener("click", () => act({ kind: "button", text: option.title, option: option.id }));
      return button;
    }),
  );
}

function voice(bubble) {
  if (!bubble.voice) return [];
  const sound = document.createElement("audio");
  Object.assign(sound, { src: bubble.voice, controls: true, preload: "none", ariaLabel: texts.spoken });
  return [sound];
}

function show(bubble) {
  const item = document.createElement("li");
  item.className = bubble.mine ? "bubble mine" : "bubble";
  const said = document.createElement("p");
  said.dir = "auto";
  said.textContent = bubble.text;
  const time = document.createElement("time");
  time.textContent = new Date(bubble.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  item.append(said, ...voice(bubble), time);
  list.append(item);
  offer(bubble.mine ? [] : bubble.choices ?? []);
  last = Math.max(last, bubble.id);
}

async function look() {
  if (busy) return;
  busy = true;
  try {
    const screen = await post("/talk/screen", { after: last });
    if (screen.title) document.getElementById("phone-title").textContent = screen.title;
    screen.bubbles.forEach(show);
    if (screen.bubbles.length) list.scrollTop = list.scrollHeight;
  } finally {
    busy = false;
  }
}

async function act(what) {
  offer([]);
  try {
    await post("/talk/send", what);
  } catch {
    const item = document.createElement("li");
    item.className = "bubble broken";
    item.textContent = texts.broken;
    list.append(item);
    return;
  }
  await look();
  setTimeout(() => look().catch(() => undefined), 350);
}

document.getElementById("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = words.value.trim();
  if (!text) return;
  words.value = "";
  act({ kind: "message", text });
});
words.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  document.getElementById("write").requestSubmit();
});

if (phone.channel && phone.token) {
  document.getElementById("phone").dataset.channel = phone.channel;
  document.getElementById("phone-channel").textContent = names[phone.channel] ?? phone.channel;
  if (phone.payload) act({ kind: "start", text: phone.payload });
  look().catch(() => undefined);
  setInterval(() => document.hidden || look().catch(() => undefined), 1500);
} else {
  location.assign("/talk");
}
addEventListener("hashchange", () => location.reload());
