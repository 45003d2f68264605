<?php

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/' . substr($class, strlen('Countermark\\Adapter\\')) . '.php';
    if (str_starts_with($class, 'Countermark\\Adapter\\') && is_file($file)) {
        require $file;
    }
});
