<?php

declare(strict_types=1);

require __DIR__ . '/autoload.php';
require __DIR__ . '/../../../tests/adapters/php/autoload.php';
if (!class_exists(GuzzleHttp\Client::class)) {
    // Debian's package has functions, which no class name loads.
    require '/usr/share/php/GuzzleHttp/autoload.php';
}

// The release build, or else the debug build; COUNTERMARK_LIBRARY names another one.
$target = dirname(__DIR__, 3) . '/target';
foreach (["$target/release", "$target/debug"] as $folder) {
    if (getenv('COUNTERMARK_LIBRARY') === false && is_file("$folder/libcountermark.so")) {
        putenv("COUNTERMARK_LIBRARY=$folder/libcountermark.so");
    }
}
