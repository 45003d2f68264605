<?php

declare(strict_types=1);

// The browser side: in the package, or beside it in a checkout. A real site copies the file to its scripts.

header('Content-Type: text/javascript');
header('X-Content-Type-Options: nosniff');
$packaged = __DIR__ . '/../../element/countermark-login.mjs';
readfile(is_file($packaged) ? $packaged : __DIR__ . '/../../../../wasm/element/countermark-login.mjs');
