<?php

declare(strict_types=1);

// Makes of `src/Native` what a static analyser can read, in the folder that is named: php prepare.php FOLDER
//
// The analyser takes what FFI gives for an object without members. Here it gets types out of the C header: a method for each function, and a
// property for each member of a struct. The traits become one class, since each of them uses what others have.

$folder = $argv[1] ?? exit("usage: php prepare.php FOLDER\n");
$root = dirname(__DIR__, 2);
$header = (string) preg_replace('~/\*.*?\*/~s', '', (string) file_get_contents("$root/../include/countermark.ffi.h"));
foreach (['analysed', 'src', 'stubs'] as $part) {
    is_dir("$folder/$part") || mkdir("$folder/$part", 0755, true);
}
copy(__DIR__ . '/mago.toml', "$folder/mago.toml");
file_put_contents("$folder/analysed/Native.php", oneClass($root));
file_put_contents("$folder/stubs/FFI.php", '<?php namespace Countermark\Stubs; class FFI {' . functions($header) . '}');
file_put_contents("$folder/stubs/CData.php", '<?php namespace Countermark\Stubs\FFI;' . members($header));
foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator("$root/src", FilesystemIterator::SKIP_DOTS)) as $file) {
    assert($file instanceof SplFileInfo);
    $name = substr($file->getPathname(), strlen("$root/src/"));
    if (!str_starts_with($name, 'Native')) {
        file_put_contents("$folder/src/" . strtr($name, '/', '-'), overStubs((string) file_get_contents($file->getPathname())));
    }
}

function overStubs(string $code): string
{
    return (string) preg_replace('/^use FFI\b/m', 'use Countermark\Stubs\FFI', $code);
}

function oneClass(string $root): string
{
    $uses = $body = [];
    foreach (glob("$root/src/Native/*.php") ?: [] as $file) {
        $code = (string) file_get_contents($file);
        preg_match_all('/^use [^;]+;$/m', $code, $used);
        $uses = [...$uses, ...$used[0]];
        preg_match('/^trait \w+\n\{\n(.*)^\}/ms', $code, $trait);
        $body[] = $trait[1] ?? throw new RuntimeException("$file has no trait");
    }
    $body !== [] || throw new RuntimeException('nothing to analyse');
    preg_match_all('/^    \w+ const .*?;\n/ms', (string) file_get_contents("$root/src/Native.php"), $constants);
    return overStubs(implode("\n", ['<?php', 'declare(strict_types=1);', 'namespace Countermark;', ...array_unique($uses), 'final class Native', '{', ...$constants[0], ...$body, "}\n"]));
}

/** What FFI itself has, and each function of the header. */
function functions(string $header): string
{
    $methods = [
        'static function cdef(string $code, ?string $library = null): self', 'static function scope(string $name): self',
        'static function addr(FFI\CData $place): FFI\CData', 'static function sizeof(FFI\CData $place): int',
        'static function memcpy(FFI\CData $to, FFI\CData|string $from, int $size): void', 'static function memset(FFI\CData $place, int $value, int $size): void',
        'static function string(FFI\CData $start, int $length): string', 'function cast(string $type, FFI\CData $place): FFI\CData',
        'function new(FFI\CType|string $type): FFI\CData', 'function type(string $type): FFI\CType',
    ];
    preg_match_all('/^([\w *]+?)(\w+)\(([^()]*)\);/m', $header, $found, PREG_SET_ORDER);
    foreach ($found as [, $result, $name, $list]) {
        $parameters = trim($list) === 'void' ? [] : array_map(parameter(...), explode(',', $list));
        $methods[] = "function $name(" . implode(', ', $parameters) . '): ' . (trim($result) === 'void' ? 'void' : type($result));
    }
    return implode("\n", array_map(static fn (string $method): string => "public $method { throw new \Error(); }", $methods));
}

function parameter(string $declared): string
{
    preg_match('/^(.*?)(\w+)$/', trim($declared), $found);
    $type = type($found[1]);
    $isText = preg_match('/char \*$/', $found[1]) === 1;
    return ($type === 'FFI\CData' && str_contains($found[1], '*') ? 'null|' : '') . ($isText ? 'string|' : '') . "$type \$$found[2]";
}

function type(string $declared): string
{
    return preg_match('/^(const )?(u?int\d+_t|size_t|countermark_status) $/', $declared) === 1 ? 'int' : 'FFI\CData';
}

/** All structs as one, for FFI has one class for all. */
function members(string $header): string
{
    $types = ['cdata' => ['int']];
    preg_match_all('/^  (.*?)(\w+)(\[\w+\])?;/m', $header, $found, PREG_SET_ORDER);
    foreach ($found as [, $type, $name]) {
        $types[$name][] = strtr(type($type), ['FFI\\' => '']);
    }
    $properties = '';
    foreach ($types as $name => $of) {
        $properties .= ' * @property ' . implode('|', array_unique($of)) . " \$$name\n";
    }
    return <<<PHP
        class CType {}
        class Exception extends \Error {}
        /**
        $properties
         * @implements \ArrayAccess<int, CData>
         */
        class CData implements \ArrayAccess {
            public function __get(string \$name): mixed { throw new \Error(); }
            public function __set(string \$name, mixed \$value): void { throw new \Error(); }
            public function offsetExists(mixed \$at): bool { throw new \Error(); }
            public function offsetGet(mixed \$at): self { throw new \Error(); }
            public function offsetSet(mixed \$at, mixed \$value): void { throw new \Error(); }
            public function offsetUnset(mixed \$at): void { throw new \Error(); }
        }
        PHP;
}
