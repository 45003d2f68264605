<?php

declare(strict_types=1);

// The package by its own rule (PSR-4), and the interfaces that it needs: from Composer, or else from Debian's packages.
$vendor = __DIR__ . '/../vendor/autoload.php';
if (is_file($vendor)) {
    require $vendor;
    return;
}
require __DIR__ . '/../autoload.php';
spl_autoload_register(static function (string $class): void {
    $folders = [
        'Countermark\\Tests\\' => [__DIR__ . '/'],
        'Psr\\Clock\\' => [__DIR__ . '/psr/Clock/'],
        'Psr\\Http\\Server\\' => [__DIR__ . '/psr/Http/Server/'],
        'Psr\\' => ['/usr/share/php/Psr/'],
        'Predis\\' => ['/usr/share/php/Predis/'],
        'Nyholm\\Psr7\\' => ['/usr/share/php/Nyholm/Psr7/'],
        'Http\\Message\\' => ['/usr/share/php/Http/Message/'],
    ];
    foreach ($folders as $prefix => $places) {
        if (!str_starts_with($class, $prefix)) {
            continue;
        }
        foreach ($places as $place) {
            $file = $place . strtr(substr($class, strlen($prefix)), '\\', '/') . '.php';
            if (is_file($file)) {
                require $file;
                return;
            }
        }
    }
});
