<?php

declare(strict_types=1);

// For sites without Composer: loads the classes of this package.

spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/src/' . strtr(substr($class, strlen('Countermark\\')), '\\', '/') . '.php';
    if (str_starts_with($class, 'Countermark\\') && is_file($file)) {
        require $file;
    }
});
