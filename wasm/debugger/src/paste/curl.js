// A request from a curl line.
import { fromCommandPrompt, isForCommandPrompt, shellWords } from './shell.js';

/** Options without a value that change nothing in what arrives. */
const SILENT = new Set(
  '-s --silent -S --show-error -k --insecure -L --location -i --include -v --verbose -f --fail -g --globoff -N --no-buffer -# --progress-bar --compressed --fail-with-body --http1.1 --http2 --tlsv1.2 -4 -6'.split(' '),
);
/** Options with a value that changes nothing in what arrives. */
const SILENT_WITH_VALUE = new Set(
  '-o --output -m --max-time --connect-timeout -w --write-out -x --proxy --cacert -c --cookie-jar --retry --resolve --connect-to'.split(' '),
);
const HEADER_OF = { '-A': 'User-Agent', '--user-agent': 'User-Agent', '-e': 'Referer', '--referer': 'Referer', '-b': 'Cookie', '--cookie': 'Cookie' };
const DATA = new Set('-d --data --data-ascii --data-raw --data-binary --json'.split(' '));

const WITH_VALUE = new Set(['-X', '-H', '-d', ...Object.keys(HEADER_OF), ...SILENT_WITH_VALUE]);

export const isCurl = (text) => /^\s*(?:\$\s+)?curl(?:\.exe)?\s/.test(text);

/** The request that the line sends: `{method, url, headers, body}`; throws a text that says what it cannot read. */
export function readCurl(text) {
  const isPosix = !isForCommandPrompt(text);
  const line = isPosix ? text : fromCommandPrompt(text);
  const words = shellWords(line.trim().replace(/^\$\s+/, ''), isPosix).slice(1);
  const headers = [];
  const data = [];
  let method;
  let url;
  let asQuery = false;
  let json = false;
  for (let at = 0; at < words.length; at += 1) {
    let option = words[at];
    if (!option.startsWith('-') || option === '-') {
      if (url !== undefined) throw new Error('there is more than one URL');
      url = option;
      continue;
    }
    let value;
    const take = () => {
      value ??= words[++at];
      if (value === undefined) throw new Error(`${option} has no value`);
      return value;
    };
    const long = /^(--[^=]+)=(.*)$/s.exec(option);
    if (long) [, option, value] = long;
    else if (/^-[^-]./s.test(option)) {
      // Several may stand in one word, which ends with the value of one that has a value.
      const rest = option.slice(2);
      option = option.slice(0, 2);
      if (WITH_VALUE.has(option)) value = rest;
      else words.splice(at + 1, 0, `-${rest}`);
    }
    if (SILENT.has(option)) continue;
    if (SILENT_WITH_VALUE.has(option)) take();
    else if (option === '-X' || option === '--request') method = take();
    else if (option === '--url') url = take();
    else if (option === '-G' || option === '--get') asQuery = true;
    else if (option === '-H' || option === '--header') headers.push(header(take()));
    else if (HEADER_OF[option]) headers.push([HEADER_OF[option], take()]);
    else if (DATA.has(option)) {
      const raw = option === '--data-raw';
      if (!raw && take().startsWith('@')) throw new Error(`the body is in the file ${value.slice(1)}: paste its text in place of it`);
      data.push(take());
      json ||= option === '--json';
    } else throw new Error(`the option ${option} is not understood`);
  }
  if (!url) throw new Error('there is no URL');
  let body = data.length > 0 ? data.join(json ? '' : '&') : '';
  if (asQuery && body) {
    url += (url.includes('?') ? '&' : '?') + body;
    body = '';
  }
  const has = (name) => headers.some(([other]) => other.toLowerCase() === name);
  if (body && !has('content-type')) headers.push(['Content-Type', json ? 'application/json' : 'application/x-www-form-urlencoded']);
  const address = url.includes('://') ? url : `http://${url}`;
  return { method: method ?? (data.length > 0 && !asQuery ? 'POST' : 'GET'), url: address, headers, body };
}

function header(line) {
  const [, name, , value] = /^([^:;]+)([:;])\s*(.*)$/s.exec(line) ?? [];
  if (!name) throw new Error('a header has no colon');
  return [name.trim(), value.trim()];
}
