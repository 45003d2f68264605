// The pages work without this script. With it they refresh by themselves and count the time down.
"use strict";

const pauseMs = 1500;
const main = () => document.querySelector("main");

function countDown() {
  for (const time of document.querySelectorAll("[data-seconds]")) {
    const seconds = Math.max(0, Number(time.dataset.seconds) - 1);
    time.dataset.seconds = String(seconds);
    time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left`;
  }
}

// Replaced only when there is something new, so that focus and reading place stay where they are.
async function refresh() {
  if (document.hidden || !main().dataset.version) return;
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector("main");
  if (!fresh || fresh.dataset.version === main().dataset.version) return;
  main().replaceWith(document.adoptNode(fresh));
  document.title = page.title;
  document.getElementById("news").textContent = main().dataset.news;
}

async function watch() {
  try {
    await refresh();
  } catch {
    // The server is away for a moment; the next round asks again.
  }
  setTimeout(watch, pauseMs);
}

setInterval(countDown, 1000);
setTimeout(watch, pauseMs);
