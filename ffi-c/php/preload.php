<?php

declare(strict_types=1);

// For `opcache.preload`: the one class that calls FFI, which `ffi.enable=preload` allows to preloaded code only.
// `bin/countermark-preload` prints the lines for php.ini. `require` this file from your own preload script if you have one.

foreach (glob(__DIR__ . '/src/Native/*.php') ?: [] as $part) {
    require_once $part;
}
require_once __DIR__ . '/src/Native.php';
