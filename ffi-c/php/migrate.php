<?php

declare(strict_types=1);

// Gives the shim the names of the vendor's PHP API, for sites that `include('SecSignIDApi.php')`. Include this file instead, and call
// `SecSignIDApi::configure(…)` if the ID server is your own.

foreach (['SecSignIDApi', 'AuthSession'] as $name) {
    if (class_exists($name, false)) {
        throw new LogicException("another class $name is loaded already; take Countermark\\Migration\\$name by its full name");
    }
    class_alias("Countermark\\Migration\\$name", $name);
}
