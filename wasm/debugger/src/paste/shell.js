// The words of a shell line, as a browser's "Copy as cURL" and people write it.

import { ansiQuote } from './ansi.js';

/** What a shell puts in its place: a variable, or what a command says. */
const FILLED = /\$(?:[\w{(@*#?$!-])|`/y;

/**
 * Splits a line of a POSIX shell; throws a text that says what it cannot read. Nothing is expanded.
 * @param isFilled whether the shell knows variables by a `$`
 */
export function shellWords(line, isFilled = true) {
  const words = [];
  let word;
  let at = 0;
  const until = (end) => {
    const close = line.indexOf(end, at);
    if (close < 0) throw new Error(`a quote ${end} is not closed`);
    const text = line.slice(at, close);
    at = close + 1;
    return text;
  };
  while (at < line.length) {
    const c = line[at++];
    if (/\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (c === "'") {
      word = (word ?? '') + until("'");
    } else if (c === '$' && line[at] === "'") {
      const { text, end } = ansiQuote(line, at + 1);
      word = (word ?? '') + text;
      at = end;
    } else if (c === '"') {
      word = (word ?? '') + double();
    } else if (c === '\\') {
      const next = line[at++];
      // A line that goes on.
      if (next === '\r' && line[at] === '\n') at += 1;
      else if (next !== '\n') word = (word ?? '') + (next ?? '');
    } else if (';|&<>'.includes(c)) {
      throw new Error(`only one command can be read, and ${c} begins another`);
    } else {
      refuseFilled();
      word = (word ?? '') + c;
    }
  }
  if (word !== undefined) words.push(word);
  return words;

  /** What was sent cannot be known from the line. */
  function refuseFilled() {
    FILLED.lastIndex = at - 1;
    if (isFilled && FILLED.test(line)) throw new Error(`the shell fills in ${line.slice(at - 1, at + 20).split(/[\s"]/)[0]}: write there what was sent`);
  }

  function double() {
    let text = '';
    for (;;) {
      const c = line[at++];
      if (c === undefined) throw new Error('a quote " is not closed');
      if (c === '"') return text;
      if (c === '\\' && '$`"\\\n'.includes(line[at])) {
        if (line[at] !== '\n') text += line[at];
        at += 1;
        continue;
      }
      refuseFilled();
      text += c;
    }
  }
}

/**
 * Whether it is a line for the command prompt of Windows: outside quotes a word begins with `^"`, or a line ends with `^`. Inside quotes a `^` is one
 * in either shell.
 */
export function isForCommandPrompt(text) {
  const outside = text.replace(/\\[^]|\$'(?:\\[^]|[^'\\])*'|'[^']*'|"(?:\\[^]|[^"\\])*"/g, (part) => (part.startsWith('"') ? '""' : ''));
  return /\s\^"|\^\r?\n/.test(outside);
}

/** Such a line as one of a POSIX shell: `^` escapes there, in the quotes of browsers too, and `\"` stands for a quote. */
export function fromCommandPrompt(line) {
  // Of two ends of a line the second one is escaped, and so belongs to the text.
  return line.replace(/\^(?:\r?\n(\r?\n)?([ \t]*)|([^]))/g, (part, second, blanks, escaped) => escaped ?? (second ? `\n${blanks}` : ' '));
}
