<?php

declare(strict_types=1);

// Gives the shim the names of the vendor's PHP API, for sites that `include('SecSignIDApi.php')`. Include this file instead, and call
// `SecSignIDApi::configure(…)` if the ID server is your own.

// Composer finds the classes; a site that only includes files has nothing that does.
if (!class_exists(Countermark\Migration\SecSignIDApi::class)) {
    require __DIR__ . '/autoload.php';
}
foreach (['SecSignIDApi', 'AuthSession'] as $name) {
    $ours = "Countermark\\Migration\\$name";
    if (!class_exists($name, false)) {
        class_alias($ours, $name);
    } elseif (!is_a($name, $ours, true)) {
        throw new LogicException("another class $name is loaded already; take $ours by its full name");
    }
}
