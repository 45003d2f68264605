<?php

declare(strict_types=1);

// Answers one line for each line on standard input, until end of file.

namespace Countermark\Adapter;

require __DIR__ . '/../../../ffi-c/php/tests/autoload.php';
require __DIR__ . '/autoload.php';

while (($line = \fgets(\STDIN)) !== false) {
    \fwrite(\STDOUT, Adapter::answer($line) . "\n");
}
