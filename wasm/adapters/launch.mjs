// Debian's browsers, without a window. Puppeteer drives Firefox as it is, by WebDriver BiDi; Playwright needs a Firefox of its own.
import puppeteer from 'puppeteer-core';

const BROWSERS = {
  chromium: {
    browser: 'chrome',
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  },
  firefox: { browser: 'firefox', executablePath: '/usr/bin/firefox-esr' },
};

const start = (name) => puppeteer.launch({ headless: true, timeout: 60_000, ...BROWSERS[name] });

/** Beside busy neighbours one may, seldom, not come up at all; it is tried once more. @param name `chromium` or `firefox` */
export const launch = (name) => start(name).catch(() => start(name));
