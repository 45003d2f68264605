// The page: two tabs, of which each has a form and what comes of it.
import { startExplaining } from './explain-tab.js';
import { startSigning } from './sign-tab.js';
import { byId } from './dom.js';

const tabs = [...document.querySelectorAll('[role=tab]')];

function select(tab) {
  for (const other of tabs) {
    const chosen = other === tab;
    other.setAttribute('aria-selected', String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    byId(other.getAttribute('aria-controls')).hidden = !chosen;
  }
}

for (const [at, tab] of tabs.entries()) {
  tab.addEventListener('click', () => select(tab));
  tab.addEventListener('keydown', (event) => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs.at(to % tabs.length);
    select(next);
    next.focus();
  });
}

const explaining = startExplaining();
startSigning((request) => {
  select(tabs[0]);
  explaining.show(request);
  byId('request').focus();
});
