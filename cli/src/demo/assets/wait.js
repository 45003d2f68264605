// Follows a login without a reload. Everything here is a convenience: the server decides, and the page works without it.
"use strict";

document.documentElement.classList.add("js");

const card = document.querySelector(".wait");
const state = document.getElementById("state");
const left = document.getElementById("left");
const check = document.getElementById("check");
const deadline = performance.now() + Number(card.dataset.leftMs);
const life = Number(card.dataset.lifeMs);

function countDown() {
  const ms = Math.max(0, deadline - performance.now());
  card.style.setProperty("--left", String(ms / life));
  const seconds = Math.ceil(ms / 1000);
  left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
countDown();
setInterval(countDown, 1000);

const events = new EventSource(`/login/events?${card.dataset.tag}`);
events.addEventListener("state", (event) => {
  const news = JSON.parse(event.data);
  card.dataset.state = news.state;
  if (state.textContent !== news.text) {
    state.textContent = news.text;
  }
  if (news.final) {
    events.close();
    // Only a POST with the page's token can turn an approval into a session.
    check.requestSubmit();
  }
});
events.addEventListener("replaced", (event) => {
  // Its access pass is no longer that of the login.
  events.close();
  state.textContent = event.data;
});
events.addEventListener("error", () => {
  if (events.readyState === EventSource.CLOSED) {
    // The stream cannot be had: go on as without JavaScript.
    document.documentElement.classList.remove("js");
  }
});
window.addEventListener("pagehide", () => events.close());
window.addEventListener("pageshow", (event) => {
  // Back from the browser's own cache: the stream is gone, so load the page anew.
  if (event.persisted) {
    location.reload();
  }
});
