// Lets the tests of the Node package run on this one: `node --import ./swap.mjs --test …`.
import { register } from 'node:module';

register('./swap-hooks.mjs', import.meta.url);
